//! Filters of the audit, kept in the address so that a view can be sent to somebody. Pure.
import type { AuditFilter } from "../../api/accounts/audit";

export const FIELDS = ["actor", "action", "session", "from", "to"] as const;
export type FieldName = (typeof FIELDS)[number];

const DAY = 24 * 3600_000;

/** A day of the reader's calendar as a moment; nothing for what is none. */
function dayStart(day: string | null, plus: number): string {
  const start = day ? new Date(`${day}T00:00`) : null;
  return start && !Number.isNaN(start.getTime()) ? new Date(start.getTime() + plus).toISOString() : "";
}

export const filterOf = (params: URLSearchParams): AuditFilter => ({
  actor: params.get("actor")?.trim() ?? "",
  action: params.get("action")?.trim() ?? "",
  session_id: params.get("session")?.trim() ?? "",
  since: dayStart(params.get("from"), 0),
  until: dayStart(params.get("to"), DAY),
});
