//! What one may do beside answering: hold, let go, move the deadline, copy the address, cancel.
import { type RefObject, useEffect, useId, useState } from "react";
import { asProblem } from "../../api/problem";
import { cancel, claim, extend, release } from "../../api/sessions";
import { isOpen, type Session } from "../../api/types";
import { learn } from "../../arrivals";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { usePreferences } from "../../preferences";
import { IconButton } from "../../ui/Button";

const QUARTER = 15 * 60;
/** A hold lapses after five minutes without a sign of life. */
const RENEW = 2 * 60_000;

export function useHold(session: Session) {
  const me = usePreferences().name;
  const mine = session.claimed_by === me;
  return {
    mine,
    toggle: async () => learn((await (mine ? release : claim)(session.session_id, me)) as Session),
  };
}

/** While one reads what one holds, the hold stays. */
export function useRenewal(session: Session): void {
  const me = usePreferences().name;
  const mine = isOpen(session) && session.claimed_by === me;
  const { session_id: id } = session;
  useEffect(() => {
    if (!mine) return;
    const timer = setInterval(() => void claim(id, me).then((told) => learn(told as Session), () => undefined), RENEW);
    return () => clearInterval(timer);
  }, [mine, id, me]);
}

export function More({ session, place }: { session: Session; place: RefObject<HTMLDivElement | null> }) {
  const say = useWords();
  const me = usePreferences().name;
  const hold = useHold(session);
  const [said, tell] = useState("");
  // The menu is twice on the page, for a desk and for a phone, and only one of them is seen.
  const id = useId();
  const run = (act: Promise<unknown>, done: string) =>
    act.then(
      () => {
        tell(done);
        if (!done) place.current?.hidePopover();
      },
      (error: unknown) => tell(asProblem(error).message),
    );
  const open = isOpen(session);
  const { part } = useIdentity();
  const may = (what: "respond" | "extend" | "cancel") => part?.mayOf(session, what) ?? true;
  const takenElsewhere = !!session.claimed_by && !hold.mine;
  return (
    <span className="more">
      <IconButton icon="more" label={say("more-actions")} popoverTarget={id} />
      <div ref={place} id={id} popover="auto" className="menu" onToggle={() => tell("")}>
        {open && !takenElsewhere && may("respond") && (
          <button type="button" onClick={() => void run(hold.toggle(), "")}>
            {say(hold.mine ? "release" : "claim")} <kbd>c</kbd>
          </button>
        )}
        {part && <part.HandingItems session={session} close={() => place.current?.hidePopover()} run={(act) => void run(act.then((told) => learn(told as Session)), "")} />}
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
      </div>
    </span>
  );
}
