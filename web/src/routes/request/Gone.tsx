//! An agent that asked and went: an answer would reach nobody, so one may close what nobody waits for.
import { useState } from "react";
import { asProblem } from "../../api/problem";
import { cancel } from "../../api/sessions";
import { isOpen, type Session } from "../../api/types";
import { learn } from "../../arrivals";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { usePreferences } from "../../preferences";
import { claimedName } from "../../requester";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Plain } from "../../ui/Plain";

/** Of those that do not come back for an answer: what they asked about is decided elsewhere, or not at all. */
const isGone = (session: Session): boolean => isOpen(session) && session.asked_as === "claude_code" && session.waiting === false;

export function Gone({ session }: { session: Session }) {
  const say = useWords();
  const me = usePreferences().name;
  const { part } = useIdentity();
  const [refused, refuse] = useState("");
  const [closing, close] = useState(false);
  if (!isGone(session)) return null;
  const end = () => {
    close(true);
    void cancel(session.session_id, say("gone-reason"), me).then((told) => learn(told as Session), (error: unknown) => (close(false), refuse(asProblem(error).message)));
  };
  return (
    <div className="stopped gone" role="status">
      <Icon name="offline" size={18} />
      <div>
        <p><Plain text={say("gone", { name: claimedName(session) ?? say("requester-unnamed") })} /></p>
        {(part?.mayOf(session, "cancel") ?? true) && (
          <div className="stopped-actions"><Button small disabled={closing} onClick={end}>{say("gone-close")}</Button></div>
        )}
        {refused && <p className="field-error" role="alert">{refused}</p>}
      </div>
    </div>
  );
}
