//! What a reply means: an answer to the request, a refusal, a failure that passes, or nothing of Askwell's.
import { NotAskwell, problemOf } from "./errors.js";
import { parse } from "./json.js";
import { isObject } from "./session.js";

/** One try failed in a way that another may not. */
export class Transient extends Error {
  override name = "Transient";

  constructor(
    readonly failure: Error,
    /** Seconds for which the server asks to be left alone. */
    readonly retryAfter = 0,
  ) {
    super(failure.message || failure.name);
  }
}

/** A reply as it came. */
export interface RawReply {
  /** Method and path, for messages. */
  readonly request: string;
  /** Whether the request changed nothing. */
  readonly isRead: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly content: Uint8Array;
}

/** What the server said, and what time it was there, in milliseconds since 1970. */
export interface Reply {
  readonly body: Record<string, unknown>;
  readonly serverTime: number;
}

/** Whether another try is worth while: for a read, after any failure of the server. */
export const isTransient = (status: number, isRead: boolean): boolean =>
  [408, 429, 502, 503, 504].includes(status) || (status >= 500 && isRead);

/** What a success says; throws what anything else means, see `refuse`. */
export function understand(raw: RawReply): Reply {
  if (raw.status !== 200) refuse(raw);
  const body = objectOf(raw.content);
  if (body?.success !== true) throw new NotAskwell(`${raw.request}: the reply is not one of Askwell's`);
  const date = Date.parse(raw.headers.get("Date") ?? "");
  return { body, serverTime: Number.isNaN(date) ? Date.now() : date };
}

/** Throws what a reply that is no success means: `Problem`, `Transient` or `NotAskwell`. */
export function refuse(raw: RawReply): never {
  const body = objectOf(raw.content);
  if (isTransient(raw.status, raw.isRead)) {
    const pause = raw.headers.get("Retry-After") ?? "";
    throw new Transient(problemOf(raw.status, body ?? {}), /^\d+$/.test(pause) ? Number(pause) : 0);
  }
  if (!body || !Object.hasOwn(body, "code")) {
    throw new NotAskwell(`${raw.request}: HTTP ${raw.status}, and not from Askwell`);
  }
  throw problemOf(raw.status, body);
}

function objectOf(content: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value = parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
