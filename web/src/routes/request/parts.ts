//! What of a request comes only where it is needed. Neighbours: `Request.tsx` waits for it, so that nothing jumps.
import { isOpen, type Session } from "../../api/types";
import { withWords } from "../../language";
import { late } from "../../late";

/** What the action bar becomes. It comes once the server has said that a request is closed: not before, when it may not be there. */
export const record = late(withWords(() => import("./Record"), "aside"));

/** Says that nobody waits any more. */
export const gone = late(withWords(() => import("./Gone"), "aside"));

/** An agent that does not come back for an answer: what it asked about is decided elsewhere, or not at all. */
export const isGone = (session: Session): boolean =>
  isOpen(session) && session.asked_as === "claude_code" && session.waiting === false;

/** What the question is about, where there is more than its words. */
export const evidence = late(() => import("./Evidence"));

/** Reviews show theirs in their own body. */
export const hasEvidence = ({ interaction_data: data }: Session): boolean =>
  data.interaction_type !== "review" && ((data.actions?.length ?? 0) > 0 || data.data_for_review != null);
