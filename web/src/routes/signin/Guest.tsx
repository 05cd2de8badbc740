//! A guest's link. Invariant: nothing happens until somebody presses: what only looks at links uses none up.
import { Link, useLocation } from "wouter";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { enterAsGuest } from "../../api/accounts/signIn";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { dropSecret } from "../../secret";
import { Button } from "../../ui/Button";
import { useSecret } from "./useSecret";
import { Way } from "./Way";

export default function Guest() {
  const say = useWords();
  const secret = useSecret();
  const { me } = useIdentity();
  const [, go] = useLocation();
  const submit = useSubmit();
  const gone = submit.problem?.code === "link_used" || submit.problem?.code === "bad_link";
  const open = () =>
    void submit.run(async () => {
      const id = await enterAsGuest(secret);
      dropSecret();
      go(`/r/${id}`, { replace: true });
    });
  if (gone) {
    return (
      <Way title={say(submit.problem?.code === "link_used" ? "guest-used" : "guest-bad")}>
        <p>{say("guest-ask-again")}</p>
        <p className="small quiet">{say("guest-have-account")} <Link href="/login">{say("signin-title")}</Link></p>
      </Way>
    );
  }
  if (!secret) {
    return (
      <Way title={say("guest-none")}>
        <p>{say("guest-none-detail")}</p>
        {me?.kind === "guest" && !me.ended && <Link className="button solid" href={`/r/${me.session_id}`}>{say("guest-open")}</Link>}
      </Way>
    );
  }
  return (
    <Way title={say("guest-title")}>
      <p>{say("guest-intro")}</p>
      <ul className="way-points small">
        <li>{say("guest-point-once")}</li>
        <li>{say("guest-point-record")}</li>
      </ul>
      {me?.kind === "user" && <p className="way-said small">{say("guest-instead", { login: me.login ?? "" })}</p>}
      <Trouble problem={submit.problem} />
      <Button tone="solid" disabled={submit.sending} onClick={open}>{say("guest-open")}</Button>
    </Way>
  );
}
