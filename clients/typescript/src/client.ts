//! The client: what can be done, in the words of the API. How is in the files beside it.
import { Credential, type Token } from "./credential.js";
import { compose, type DraftOptions, type FrameworkBody, split } from "./draft.js";
import { findings, NotAskwell } from "./errors.js";
import { type FeedOptions, follow } from "./feed.js";
import { type Filters, PAGE, query } from "./filters.js";
import { Http, segment, sessionPath } from "./http.js";
import { type Choice, type Chosen, confirmation, fits, type Interaction, planReview, type PlanOptions, selection, type SelectionOptions, type Shown, textInput } from "./interactions.js";
import { Answer, type Outcome, outcomeOf } from "./outcome.js";
import { PATIENCE, type Patience } from "./patience.js";
import { type Review, reviewOf } from "./review.js";
import { readSession } from "./session.js";
import { type WaitOptions, waitForOutcome } from "./waiting.js";
import type { Event, Field, Finding, Session, Text } from "./wire.js";

export const DEFAULT_URL = "http://127.0.0.1:8096";

export interface ClientOptions {
  /** Who asks, where the server has accounts. Without it the variable `ASKWELL_TOKEN` counts, where there are variables. */
  token?: Token;
  /** That of the server's messages: `en`, `zh-CN`. */
  language?: string;
  patience?: Partial<Patience>;
  /** Used in place of `fetch`: for a proxy, or a certificate authority of your own. */
  fetch?: typeof fetch;
  /** Told what the server ignored when a session was opened, such as a misspelt key. Without it: `console.warn`. */
  onWarning?: (warning: Finding, session: Session) => void;
}

export interface CallOptions {
  /** Ends the call, which then throws the signal's reason. */
  signal?: AbortSignal;
}

/** A session as it was opened, and what the server ignored of its draft. */
export type OpenedSession = Session & { readonly warnings: readonly Finding[] };

/** How a session is to be opened, and when to stop waiting for it. */
export type AskOptions = DraftOptions & CallOptions;

/** Of what a person says in a helper no default takes the place. */
type Asked = Omit<Shown, "default_value"> & Omit<AskOptions, "on_timeout">;

export type ConfirmOptions = Asked & {
  /** What the two buttons say. */
  yes?: Text;
  no?: Text;
};

/** Asks people, and waits for what they decide. Any number of waits may use one client. */
export class Askwell {
  readonly #http: Http;
  readonly #onWarning: (warning: Finding, session: Session) => void;

  /** Connects to nothing yet. */
  constructor(baseUrl: string = DEFAULT_URL, options: ClientOptions = {}) {
    const own = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    const patience = { ...PATIENCE, ...options.patience };
    this.#http = new Http(baseUrl, new Credential(options.token), options.language, patience, own);
    this.#onWarning = options.onWarning ?? warn;
  }

  /** Opens a session and waits for a person's answer; see `open` and `wait`. */
  async ask<Data = unknown>(interaction: Interaction<Data> | FrameworkBody, options: AskOptions = {}): Promise<Answer<Data>> {
    const session = await this.open(interaction, options);
    const waited = session.status === "pending" || session.status === "active"
      ? await waitForOutcome(this.#http, session.session_id, { signal: options.signal }, session)
      : outcomeOf(session);
    const answer = waited.require();
    if ((interaction as Interaction<Data>)[fits]?.(answer.data) === false) {
      throw new NotAskwell(`session ${session.session_id} is answered with what was not asked for`);
    }
    return answer as Answer<Data>;
  }

  /**
   * Asks for a yes: `true` if a person gave it, `false` if a person said no. Anything else throws, as `wait` does.
   */
  async confirm(title: Text, options: ConfirmOptions = {}): Promise<boolean> {
    const { yes, no, ...rest } = options;
    const [draft, { signal, ...shown }] = split(rest);
    const choices = [{ value: "confirm", label: yes }, { value: "cancel", label: no }];
    const asked = confirmation(title, yes || no ? { ...shown, options: choices } : shown);
    const { choice } = await this.#person(asked, { ...draft, signal });
    if (choice !== "confirm" && choice !== "cancel") throw new NotAskwell(`neither yes nor no: ${String(choice)}`);
    return choice === "confirm";
  }

  /** Asks to pick one of several, and gives that: it is one of `options`, or this throws. */
  async choose<const Choices extends readonly Choice[]>(title: Text, options: Choices, more: Asked = {}): Promise<Chosen<Choices>> {
    const [draft, { signal, ...shown }] = split(more);
    return (await this.#person(selection(title, { ...shown, options }), { ...draft, signal })).selection;
  }

  /** Asks to pick any number of several, and gives those. */
  async chooseSeveral<const Choices extends readonly Choice[]>(
    title: Text,
    options: Choices,
    more: Asked & Pick<SelectionOptions, "min_choices" | "max_choices"> = {},
  ): Promise<Chosen<Choices>[]> {
    const [draft, { signal, ...shown }] = split(more);
    return (await this.#person(selection(title, { ...shown, options, multiple: true }), { ...draft, signal })).selection;
  }

  /** Asks to fill in fields, and gives their values by name, as the server validated them. */
  async form(title: Text, fields: readonly Field[], more: Asked = {}): Promise<Record<string, unknown>> {
    const [draft, { signal, ...shown }] = split(more);
    return this.#person(textInput(title, { ...shown, fields }), { ...draft, signal });
  }

  /**
   * Asks a person to approve, change or stop a plan. After `modify` make a new plan by the `instructions` and ask again
   * with the same `node_id` and `attempt + 1`. Throws as `wait` does.
   */
  async review(
    checkpoint: string,
    message: Text,
    data: unknown,
    options: PlanOptions & Omit<AskOptions, "on_timeout">,
  ): Promise<Review> {
    const [draft, { signal, ...plan }] = split(options);
    return reviewOf(await this.ask(planReview(checkpoint, message, data, plan), { ...draft, signal }));
  }

  /**
   * Opens a session without waiting. Throws `Problem` if the server refuses it, `Unreachable` if there is none.
   */
  async open(interaction: Interaction | FrameworkBody, options: AskOptions = {}): Promise<OpenedSession> {
    const { signal, ...draft } = options;
    const reply = await this.#http.send("POST", "/api/sessions", { body: compose(interaction, draft), signal });
    const session = { ...readSession(reply.body.session), warnings: findings(reply.body.warnings) };
    for (const warning of session.warnings) this.#onWarning(warning, session);
    return session;
  }

  /**
   * Waits for a person's answer. Throws `TimedOut`, `Cancelled` or `Failed` if there will be none; `TimedOut` also after
   * `timeout` seconds, or without it some grace after the deadline, whatever the server does. Restarts of the server and
   * broken connections do not end the wait.
   */
  async wait(id: string, options: WaitOptions = {}): Promise<Answer> {
    return (await this.outcome(id, options)).require();
  }

  /** Waits as `wait` does, but tells how it ended instead of throwing; `answer` may be `undefined`. */
  async outcome(id: string, options: WaitOptions = {}): Promise<Outcome> {
    return waitForOutcome(this.#http, id, options);
  }

  /**
   * Answers a session in the name of a person; a requester's token may not. With the `content_hash` of what the person
   * saw it is refused if something else was asked. `user_id` counts only where the server has no accounts.
   */
  async respond(
    id: string,
    response: unknown,
    options: { user_id?: string; comment?: string; content_hash?: string } & CallOptions = {},
  ): Promise<Session> {
    const { signal, ...given } = options;
    return this.#change(id, "respond", { response, ...given }, signal);
  }

  /** Withdraws a question. Cancelling twice is fine; what is closed otherwise is a `Problem`. */
  async cancel(id: string, reason?: string, options: CallOptions = {}): Promise<Session> {
    return this.#change(id, "cancel", { reason }, options.signal);
  }

  /** Reads a session as it is now. */
  async get(id: string, options: CallOptions = {}): Promise<Session> {
    return readSession((await this.#http.send("GET", sessionPath(id), options)).body.session);
  }

  /** Lists sessions, at most `limit` (100). Without any filter: the open ones, newest first. */
  async list(filters: Filters & CallOptions & { limit?: number } = {}): Promise<Session[]> {
    const { signal, limit = 100, ...given } = filters;
    const found: Session[] = [];
    for (let cursor: string | undefined; found.length < limit; ) {
      const page = { ...query(given), limit: Math.min(limit - found.length, PAGE), cursor };
      const { body } = await this.#http.send("GET", "/api/sessions", { query: page, signal });
      if (!Array.isArray(body.sessions)) throw new NotAskwell("the reply holds no sessions");
      found.push(...body.sessions.map(readSession));
      if (typeof body.next_cursor !== "string") break;
      cursor = body.next_cursor;
    }
    return found;
  }

  /**
   * Follows all changes: `for await (const event of askwell.events())`. Goes on by itself after a break, without a hole
   * or a double. Throws `Problem` `cursor_expired`, and `Unreachable` if the server stays away.
   */
  events(options: FeedOptions = {}): AsyncGenerator<Event, void, undefined> {
    return follow(this.#http, options);
  }

  /** Fetches an uploaded file, named in the answer to a `fileUpload`. */
  async download(id: string, fileId: string, options: CallOptions = {}): Promise<Uint8Array> {
    return this.#http.download(`${sessionPath(id)}/files/${segment(fileId)}`, options.signal);
  }

  async #person<Data>(interaction: Interaction<Data>, options: AskOptions): Promise<Data> {
    if (options.on_timeout !== undefined || interaction.default_value !== undefined) {
      throw new TypeError("this gives what a person says: a default is for `ask`, which says where an answer is from");
    }
    const answer = await this.ask(interaction, options);
    // No default was asked for: whatever stands in for a person is none.
    if (answer.source !== "person") throw new NotAskwell(`session ${answer.session.session_id} holds no person's answer`);
    return answer.data;
  }

  async #change(id: string, verb: string, body: Record<string, unknown>, signal?: AbortSignal): Promise<Session> {
    return readSession((await this.#http.send("POST", `${sessionPath(id)}/${verb}`, { body, signal })).body.session);
  }
}

function warn(warning: Finding, session: Session): void {
  console.warn(`askwell: session ${session.session_id}: ${warning.pointer}: ${warning.detail}`);
}
