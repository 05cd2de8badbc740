//! The first person of a new server, through the link that its console printed.
import { type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import { Field, PasswordField } from "../../accounts/form/Field";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { isLogin, LONG_ENOUGH } from "../../accounts/rules";
import { setUp } from "../../api/accounts/signIn";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { dropSecret } from "../../secret";
import { Button } from "../../ui/Button";
import { useSecret } from "./useSecret";
import { Way } from "./Way";

export default function SetUp() {
  const say = useWords();
  const secret = useSecret();
  const { auth } = useIdentity();
  const [, go] = useLocation();
  const [typed, type] = useState({ login: "", name: "", password: "" });
  const [faults, setFaults] = useState<{ login?: string; password?: string }>({});
  const submit = useSubmit();
  const set = (change: Partial<typeof typed>) => type((old) => ({ ...old, ...change }));

  if (auth && !auth.setup) {
    return (
      <Way title={say("setup-done-title")}>
        <p>{say("setup-done")}</p>
        <Link className="button solid" href="/login">{say("signin-title")}</Link>
      </Way>
    );
  }
  if (!secret) {
    return (
      <Way title={say("setup-title")}>
        <p>{say("setup-where")}</p>
        <p className="small quiet">{say("setup-or")}</p>
        <pre tabIndex={0} aria-label={say("setup-command")}>askwell user add NAME --admin --password-stdin</pre>
      </Way>
    );
  }
  const send = (event: FormEvent) => {
    event.preventDefault();
    const found = {
      ...(isLogin(typed.login.trim()) ? {} : { login: say("login-rule") }),
      ...([...typed.password].length >= LONG_ENOUGH ? {} : { password: say("password-short", { count: LONG_ENOUGH }) }),
    };
    setFaults(found);
    if (Object.keys(found).length) return;
    void submit
      .run(() => setUp({ secret, login: typed.login.trim(), name: typed.name.trim() || typed.login.trim(), password: typed.password }))
      .then((done) => {
        if (!done) return;
        dropSecret();
        go("/", { replace: true });
      });
  };
  return (
    <Way title={say("setup-title")}>
      <p className="quiet">{say("setup-intro")}</p>
      <form className="entry" noValidate onSubmit={send}>
        <Field label={say("signin-login")} hint={say("login-rule")} error={faults.login ?? submit.issue("/login")} value={typed.login} change={(login) => set({ login })} name="username" autoComplete="username" autoCapitalize="off" spellCheck={false} maxLength={64} />
        <Field label={say("person-name")} optional value={typed.name} change={(name) => set({ name })} name="name" autoComplete="name" maxLength={80} />
        <PasswordField label={say("signin-password")} hint={say("password-rule", { count: LONG_ENOUGH })} error={faults.password ?? submit.issue("/password")} value={typed.password} change={(password) => set({ password })} name="new-password" autoComplete="new-password" maxLength={1024} />
        <Trouble problem={submit.problem} words={{ bad_setup_secret: say("setup-bad"), already_set_up: say("setup-done") }} />
        <Button tone="solid" type="submit" disabled={submit.sending}>{say("setup-do")}</Button>
      </form>
    </Way>
  );
}
