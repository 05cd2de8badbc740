//! Signing in. Invariants: it leads back only to addresses of this page; what was typed stays when it fails; no field takes
//! the focus by itself. Passkeys are asked for with risky answers, not here.
import { type FormEvent, useEffect, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { Field, PasswordField } from "../../accounts/form/Field";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { safeReturn } from "../../accounts/returnTo";
import { waitOf } from "../../api/accounts/call";
import { providerAddress, signIn } from "../../api/accounts/signIn";
import { useWords } from "../../language";
import { took } from "../../language/duration";
import { useIdentity } from "../../me";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Way } from "./Way";

const REFUSALS = ["sign_in_refused", "provider_unavailable", "not_invited"];

export default function Login() {
  const say = useWords();
  const { me, auth } = useIdentity();
  const [, go] = useLocation();
  const [params] = useSearchParams();
  const back = safeReturn(params.get("return_to"));
  const refused = params.get("error");
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const submit = useSubmit();
  const wait = useWait(submit.problem?.status === 429 ? waitOf(submit.problem) : null);

  useEffect(() => {
    if (me && !me.ended && !refused) go(back, { replace: true });
  }, [me, refused, back, go]);

  const ways = auth?.ways ?? [];
  const provider = auth?.provider ?? say("signin-provider-unnamed");
  const send = (event: FormEvent) => {
    event.preventDefault();
    void submit.run(() => signIn(login.trim(), password)).then((done) => done && go(back, { replace: true }));
  };
  return (
    <Way title={say("signin-title")}>
      {refused && (
        <p className="trouble" role="alert"><Icon name="warning" size={18} /><span>{say(REFUSALS.includes(refused) ? `signin-${refused.replaceAll("_", "-")}` : "signin-other", { provider })}</span></p>
      )}
      {back !== "/" && !refused && <p className="way-said small">{say("signin-back")}</p>}
      {ways.includes("oauth") && <a className={`button ${ways.includes("password") ? "outline" : "solid"}`} href={providerAddress(back)}>{say("signin-provider", { provider })}</a>}
      {ways.includes("oauth") && ways.includes("password") && <p className="way-or">{say("signin-or")}</p>}
      {ways.includes("password") && (
        <form className="entry" onSubmit={send}>
          <Field label={say("signin-login")} value={login} change={setLogin} name="username" autoComplete="username" autoCapitalize="off" spellCheck={false} required maxLength={64} />
          <PasswordField label={say("signin-password")} value={password} change={setPassword} name="password" autoComplete="current-password" required maxLength={1024} />
          <Trouble
            problem={submit.problem}
            words={{
              bad_credentials: say("signin-bad"),
              too_many_requests: wait > 0 ? say("signin-wait", { time: took(say, wait * 1000) }) : say("signin-wait-over"),
            }}
          />
          <Button tone="solid" type="submit" disabled={submit.sending || wait > 0} aria-busy={submit.sending || undefined}>{say("signin-do")}</Button>
        </form>
      )}
      {!ways.includes("oauth") && !ways.includes("password") && <p className="quiet">{say("signin-none")}</p>}
      {ways.includes("password") && <p className="small quiet">{say("signin-forgotten")}</p>}
    </Way>
  );
}

/** Seconds that are still to be waited, counting down. */
function useWait(given: number | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (!given) return setLeft(0);
    const until = Date.now() + given * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [given]);
  return left;
}
