//! How a session ended, and the one rule of what counts as an answer.
//!
//! An answer is what a person gave, or a default that was asked for when the session was opened and is marked as such.
//! Anything else, known or unknown, is not an answer: this file has no branch in which doubt becomes a yes.
import { Cancelled, Failed, NotAskwell, TimedOut } from "./errors.js";
import { isObject, timeOf } from "./session.js";
import type { Session, Status } from "./wire.js";

/** Who or what an answer comes from: `timeout` marks the default that stands in for silence. */
export type Source = "person" | "timeout";

/** What a person gave; or, with `source` `"timeout"`, the default that stands in for silence. */
export class Answer<Data = unknown> {
  constructor(
    /** The kind's answer, such as `{ choice: "deploy" }`, as the server validated it. */
    readonly data: Data,
    readonly source: Source,
    /** Who answered; `null` with `source` `"timeout"`. */
    readonly user_id: string | null,
    readonly comment: string | null,
    readonly submitted_at: string,
    readonly session: Session,
    /** What a framework goes on with, in its own words; only for what was asked in a framework's shape. */
    readonly resume: unknown = undefined,
  ) {}

  /** A "no" is an answer, too. JavaScript cannot refuse `if (answer)`, but whatever converts it does. */
  [Symbol.toPrimitive](): never {
    throw new TypeError("an answer is neither true nor false: look at its data");
  }
}

/** Where a session stands when a wait for it is over. */
export class Outcome {
  constructor(
    readonly session_id: string,
    /** As last seen; `undefined` if it could not be read even once. */
    readonly session: Session | undefined,
    /** Only if there is one. */
    readonly answer: Answer | undefined = undefined,
    /** Why the server could not be reached, if that is what ended the wait. */
    readonly trouble: Error | undefined = undefined,
  ) {}

  /** Status of the session as last seen. */
  get status(): Status | "unknown" {
    return this.session?.status ?? "unknown";
  }

  /** The answer; without one throws `TimedOut`, `Cancelled` or `Failed`. */
  require(): Answer {
    if (this.answer !== undefined) return this.answer;
    const reason = this.session?.error_message ?? "no reason was given";
    switch (this.status) {
      case "cancelled":
        throw new Cancelled(this.session_id, this.session, `was cancelled: ${reason}`);
      case "error":
        throw new Failed(this.session_id, this.session, `failed: ${reason}`);
      case "timeout":
        throw new TimedOut(this.session_id, this.session, "nobody answered before the deadline");
      default: {
        const why = this.trouble ? `; the server could not be asked at the end: ${this.trouble.message}` : "";
        const message = `nobody had answered when this wait's own clock ran out${why}`;
        throw new TimedOut(this.session_id, this.session, message, { cause: this.trouble });
      }
    }
  }

  [Symbol.toPrimitive](): never {
    throw new TypeError("an outcome is neither true nor false: look at its answer");
  }
}

/** How a session ended. `NotAskwell` if it claims an answer that it does not hold. */
export function outcomeOf(session: Session): Outcome {
  const given = session.response ?? undefined;
  if (session.status === "completed") {
    return new Outcome(session.session_id, session, answerOf(session, given, "person"));
  }
  if (session.status === "timeout" && session.on_timeout === "default" && given !== undefined) {
    return new Outcome(session.session_id, session, answerOf(session, given, "timeout"));
  }
  return new Outcome(session.session_id, session);
}

function answerOf(session: Session, given: unknown, source: Source): Answer {
  const wrong = (what: string) =>
    new NotAskwell(`session ${session.session_id} holds no answer that can be trusted: ${what}`);
  if (!isObject(given)) throw wrong("no response");
  if (given.session_id !== session.session_id) throw wrong("the response belongs to another session");
  if (given.source !== source) throw wrong(`source is ${String(given.source)}`);
  if (given.response_data === undefined) throw wrong("no response_data");
  if (timeOf(given.submitted_at) === undefined) throw wrong("no submitted_at");
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return new Answer(
    given.response_data,
    source,
    text(given.user_id),
    text(given.comment),
    given.submitted_at as string,
    session,
    given.resume ?? undefined,
  );
}
