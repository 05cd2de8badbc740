//! Whether several requests may be answered by one press, and with which words. Pure. The server holds the same rules; the page
//! says them before one presses.
import type { Session } from "../../api/types";
import Confirmation from "../../interactions/Confirmation";
import { irreversible } from "../../interactions/kind";
import type { Words } from "../../language";
import { inLanguage } from "../../language/text";
import { optionsOf } from "../../outcome";
import type { Tone } from "../../ui/Button";

export interface Verb {
  id: string;
  label: string;
  tone: Tone;
  response: unknown;
}

export type Together = { verbs: Verb[] } | { why: string; count: number };

/** As many as the server takes at once. */
export const MOST = 50;
const FEW = 4;

/** All that shapes an answer. */
const SHAPE = ["interaction_type", "options", "fields", "multiple", "min_choices", "max_choices", "schema", "accept_types", "max_file_size"] as const;

const shapeOf = (session: Session): string => JSON.stringify(SHAPE.map((key) => session.interaction_data[key] ?? null));

export function together(sessions: readonly Session[], me: string, say: Words): Together {
  const [first] = sessions;
  if (!first) return { why: "bulk-none", count: 0 };
  const count = (odd: (session: Session) => boolean) => sessions.filter(odd).length;
  const risky = count((each) => each.risk !== "low");
  if (risky) return { why: "bulk-risk", count: risky };
  const held = count((each) => !!each.claimed_by && each.claimed_by !== me);
  if (held) return { why: "bulk-held", count: held };
  const final = count(irreversible);
  if (final) return { why: "bulk-final", count: final };
  if (sessions.some((each) => shapeOf(each) !== shapeOf(first))) return { why: "bulk-unlike", count: sessions.length };
  if (sessions.length > MOST) return { why: "bulk-most", count: MOST };
  const verbs = sessions.every((each) => verbsOf(each, say).length > 0) ? verbsOf(first, say) : [];
  return verbs.length ? { verbs } : { why: "bulk-fill", count: sessions.length };
}

/** What can be said to it without filling anything in. */
function verbsOf(session: Session, say: Words): Verb[] {
  const { interaction_type: type, multiple, fields, actions } = session.interaction_data;
  if (type === "confirmation") {
    return Confirmation.choices(session, undefined, say).map(({ id, label, tone }) => ({ id, label, tone, response: Confirmation.replyTo?.(session, id) }));
  }
  const options = optionsOf(session);
  if (type === "selection" && !multiple && options.length <= FEW) {
    return options.map(({ value, label }, index) => ({ id: String(index), label: inLanguage(label) || String(value), tone: "outline", response: { selection: value } }));
  }
  // Several actions want a decision each, fields want to be filled in, and asking for changes wants words.
  if (type === "review" && !fields?.length && (actions?.length ?? 0) <= 1) {
    const allowed = actions?.[0]?.allowed ?? ["approve", "abort"];
    return (["abort", "approve"] as const)
      .filter((each) => allowed.includes(each))
      .map((each) => ({ id: each, label: say(`review-${each}`), tone: each === "approve" ? "solid" : "reject", response: { action: each } }));
  }
  return [];
}
