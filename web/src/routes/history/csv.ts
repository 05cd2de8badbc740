//! Closed sessions as CSV. Invariant: no cell is taken for a formula. Pure.
import type { Session } from "../../api/types";
import { inLanguage } from "../../language/text";
import { requesterOf } from "../../requester";

const COLUMNS = ["session_id", "kind", "title", "requester", "workflow_id", "status", "answer", "comment", "who", "asked_at", "closed_at", "seconds"];

export function cell(value: unknown): string {
  const text = value == null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  // A spreadsheet runs what begins like a formula.
  const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(tame) ? `"${tame.replace(/"/g, '""')}"` : tame;
}

export const head = (): string => COLUMNS.join(",");

export function line(session: Session): string {
  const closed = session.closed_at ?? session.updated_at;
  return [
    session.session_id, session.interaction_data.interaction_type, inLanguage(session.interaction_data.title), requesterOf(session), session.workflow_id,
    session.status, session.response?.response_data, session.response?.comment, session.response?.user_id ?? session.closed_by, session.created_at, closed,
    ((Date.parse(closed) - Date.parse(session.created_at)) / 1000).toFixed(1),
  ].map(cell).join(",");
}
