//! What one may do beside answering: hold, let go, move the deadline, copy the address, cancel.
import { useEffect, useState } from "react";
import { asProblem } from "../../api/problem";
import { cancel, extend } from "../../api/sessions";
import { isOpen, type Session } from "../../api/types";
import { learn } from "../../arrivals";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { usePreferences } from "../../preferences";
import { useHold } from "./hold";

const QUARTER = 15 * 60;

interface Props {
  session: Session;
  /** Counts how often it was opened or closed: what was said before is over then. */
  turn: number;
  close: () => void;
}

export function Menu({ session, turn, close }: Props) {
  const say = useWords();
  const me = usePreferences().name;
  const hold = useHold(session);
  const [said, tell] = useState("");
  useEffect(() => tell(""), [turn]);
  const run = (act: Promise<unknown>, done: string) =>
    act.then(
      () => {
        tell(done);
        if (!done) close();
      },
      (error: unknown) => tell(asProblem(error).message),
    );
  const open = isOpen(session);
  const { part } = useIdentity();
  const may = (what: "respond" | "extend" | "cancel") => part?.mayOf(session, what) ?? true;
  const takenElsewhere = !!session.claimed_by && !hold.mine;
  return (
    <>
      {open && !takenElsewhere && may("respond") && (
        <button type="button" onClick={() => void run(hold.toggle(), "")}>
          {say(hold.mine ? "release" : "claim")} <kbd>c</kbd>
        </button>
      )}
      {part && <part.HandingItems session={session} close={close} run={(act) => void run(act.then((told) => learn(told as Session)), "")} />}
      {open && may("extend") && (session.extendable_seconds ?? 0) > 0 && (
        <button
          type="button"
          onClick={() => void run(extend(session.session_id, Math.min(QUARTER, session.extendable_seconds ?? 0), me).then((told) => learn(told as Session)), "")}
        >
          {say("extend")}
        </button>
      )}
      <button type="button" onClick={() => void run(navigator.clipboard?.writeText(location.href) ?? Promise.reject(new Error(say("copy-forbidden"))), say("copied"))}>
        {say("copy-link")}
      </button>
      <button type="button" onClick={() => void run(navigator.clipboard?.writeText(session.session_id) ?? Promise.reject(new Error(say("copy-forbidden"))), say("copied"))}>
        {say("copy-id")} <span className="mono quiet">{session.session_id.slice(-6)}</span>
      </button>
      {open && may("cancel") && (
        <button type="button" className="menu-danger" onClick={() => void run(cancel(session.session_id, say("cancel-reason"), me).then((told) => learn(told as Session)), "")}>
          {say("cancel-session")}
        </button>
      )}
      {said && <p className="menu-said small" role="status">{said}</p>}
    </>
  );
}
