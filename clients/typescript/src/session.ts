//! A session as the server tells of it, read strictly: what cannot be understood is no session.
import { NotAskwell } from "./errors.js";
import type { Session } from "./wire.js";

const OPEN: ReadonlySet<unknown> = new Set(["pending", "active"]);
const CLOSED: ReadonlySet<unknown> = new Set(["completed", "timeout", "cancelled", "error"]);
const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[-+]\d\d:\d\d)$/;

/** Whether it can still be answered, as far as this snapshot knows. */
export const isOpen = (session: Session): boolean => OPEN.has(session.status);

/** The wire's object as a session; `NotAskwell` if it is none. */
export function readSession(value: unknown): Session {
  const wrong = (what: string) => new NotAskwell(`not a session: ${what}`);
  if (!isObject(value)) throw wrong("no object");
  if (!OPEN.has(value.status) && !CLOSED.has(value.status)) throw wrong(`unknown status ${String(value.status)}`);
  for (const name of ["session_id", "content_hash"]) {
    if (typeof value[name] !== "string" || !value[name]) throw wrong(`no ${name}`);
  }
  if (!Number.isSafeInteger(value.version)) throw wrong("no version");
  if (!isObject(value.interaction_data)) throw wrong("no interaction_data");
  for (const name of ["created_at", "expires_at"]) {
    if (timeOf(value[name]) === undefined) throw wrong(`${name} is no time`);
  }
  return value as unknown as Session;
}

/** Milliseconds since 1970 of an RFC 3339 time; `undefined` without an offset, because then the instant is unknown. */
export function timeOf(value: unknown): number | undefined {
  const at = typeof value === "string" && TIME.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
