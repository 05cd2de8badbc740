//! Holding a request: others see who has it, and leave it alone. Neighbours: `Menu.tsx` and the key `c` let hold and let go.
import { useEffect } from "react";
import { claim, release } from "../../api/sessions";
import { isOpen, type Session } from "../../api/types";
import { learn } from "../../arrivals";
import { usePreferences } from "../../preferences";

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
