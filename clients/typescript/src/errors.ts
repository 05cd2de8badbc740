//! What can go wrong. Every error of this package is an `AskwellError`, but for wrong use of it (`TypeError`).
import type { Finding, Session } from "./wire.js";

export class AskwellError extends Error {
  override name = "AskwellError";
}

/** The server refused a request, and said why (RFC 9457). */
export class Problem extends AskwellError {
  override name = "Problem";
  /** Stable name of the problem, such as `session_closed`. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Finds this request in the server's log. */
  readonly request_id: string | undefined;
  /** Every mistake that was found, not only the first. */
  readonly errors: readonly Finding[];

  constructor(
    /** HTTP status. */
    readonly status: number,
    /** The whole body, as it came. */
    readonly body: Readonly<Record<string, unknown>>,
  ) {
    const text = (value: unknown): string => (typeof value === "string" ? value : "");
    const code = text(body.code) || "unknown";
    const detail = text(body.detail) || text(body.error);
    const errors = findings(body.errors);
    const places = errors.map((error) => `\n  ${error.pointer ?? error.parameter}: ${error.detail} (${error.code})`);
    super(`${status} ${code}: ${text(body.title)} ${detail}${places.join("")}`);
    this.code = code;
    this.title = text(body.title);
    this.detail = detail;
    this.request_id = text(body.request_id) || undefined;
    this.errors = errors;
  }

  /** Where the first mistake is: a JSON pointer into the request's body. */
  get pointer(): string | undefined {
    return this.errors[0]?.pointer ?? undefined;
  }
}

/**
 * The server does not know who asks (401): there is no token, or it is wrong, expired or revoked. Thrown at once, also
 * in the middle of a wait: asking again with the same token would change nothing.
 */
export class AuthenticationError extends Problem {
  override name = "AuthenticationError";
}

/** The server knows who asks, and they may not do that (403). `code` says more, such as `step_up_required`. */
export class ForbiddenError extends Problem {
  override name = "ForbiddenError";
}

/** No usable answer from the server for as long as the client was to try. Why is the `cause`. */
export class Unreachable extends AskwellError {
  override name = "Unreachable";
}

/** A reply that is not one of Askwell's: a wrong address, or something in between. Never an answer. */
export class NotAskwell extends AskwellError {
  override name = "NotAskwell";
}

/** A callback that is not the server's, was changed on its way, or is too old. */
export class InvalidSignature extends AskwellError {
  override name = "InvalidSignature";
}

/** The wait is over and no person answered. What that means is for the caller to decide. */
export class Unanswered extends AskwellError {
  override name = "Unanswered";

  constructor(
    readonly session_id: string,
    /** As last seen; `undefined` if it could not be read even once. */
    readonly session: Session | undefined,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`session ${session_id}: ${message}`, options);
  }
}

/**
 * Its deadline passed; or this wait's own clock stopped it: then `isOpen(session)`, or there is no `session`, and
 * waiting again with the same id is fine.
 */
export class TimedOut extends Unanswered {
  override name = "TimedOut";
}

/** Somebody cancelled it. The reason is `session.error_message`. */
export class Cancelled extends Unanswered {
  override name = "Cancelled";
}

/** The server itself could not go on with it. */
export class Failed extends Unanswered {
  override name = "Failed";
}

/** The kind of problem that a refusal is. */
export function problemOf(status: number, body: Record<string, unknown>): Problem {
  const Kind = status === 401 ? AuthenticationError : status === 403 ? ForbiddenError : Problem;
  return new Kind(status, body);
}

/** What of a list of findings can be read. */
export function findings(value: unknown): Finding[] {
  const all: unknown[] = Array.isArray(value) ? value : [];
  return all.filter((one): one is Finding => typeof one === "object" && one !== null && "code" in one);
}
