//! A session that is not yet opened: what is asked, and everything about it that people do not read.
import { type Interaction, known } from "./interactions.js";
import { isObject } from "./session.js";
import { uuid } from "./uuid.js";
import type { Schemas } from "./wire.js";

/** How a session is to be opened: the body of `POST /api/sessions` beside `interaction_data`. */
export interface DraftOptions {
  /** Seconds until its deadline. Absent: the server's default (300; 1200 for reviews). */
  timeout?: number;
  /** `default`: the interaction's `default_value` stands in for silence, marked `source: "timeout"`. */
  on_timeout?: Schemas["OnTimeout"];
  /** Opening again with the same key gives the same session, even after a restart and after it closed. */
  idempotency_key?: string;
  /** Whatever groups your sessions. */
  workflow_id?: string;
  /** Where the outcome is posted, too; see `verifyWebhook`. */
  callback_url?: string;
  /** Yours, at most 16 KiB, given back as it is. */
  metadata?: Record<string, unknown>;
  tags?: readonly string[];
  priority?: Schemas["Priority"];
  risk?: Schemas["Risk"];
  /** The login of whoever should answer. Where the server has accounts, nobody else may. */
  assignee?: string;
  /** Logins and `group:NAME` of those who may answer. Nobody named at all: everybody may. */
  candidates?: readonly string[];
  /** The login of the person for whom it is asked: they count as requester, and do not answer it. */
  on_behalf_of?: string;
  /** Whoever answers signs that with a passkey; only with `risk: "high"`. */
  step_up?: Schemas["StepUp"];
  /** By how many seconds responders may move the deadline, in all. */
  extendable_seconds?: number;
}

const NAMES: Record<keyof DraftOptions, true> = {
  timeout: true,
  on_timeout: true,
  idempotency_key: true,
  workflow_id: true,
  callback_url: true,
  metadata: true,
  tags: true,
  priority: true,
  risk: true,
  assignee: true,
  candidates: true,
  on_behalf_of: true,
  step_up: true,
  extendable_seconds: true,
};

export const DRAFT: readonly string[] = Object.keys(NAMES);

type FrameworkObject = Readonly<Record<string, unknown>> &
  (
    | { action_request: object }
    | { action_requests: readonly object[] }
    | { type: "tool_approval"; name: string }
    | { interrupts: readonly object[] }
    | { id: string; reason: string }
  );

/**
 * What a framework pauses with, which the server takes as it is and answers in its own shape (`answer.resume`): LangGraph's
 * Agent Inbox (also as a list of one), LangChain's middleware (all calls, or one), one interrupt of AG-UI, or all open ones
 * of a run.
 */
export type FrameworkBody = FrameworkObject | readonly (FrameworkObject & { action_request: object })[];

/** The body that opens a session. */
export function compose(asked: Interaction | FrameworkBody, options: DraftOptions): object {
  known("a session", options, DRAFT);
  // Every draft has a key, so that sending it again after a broken connection never asks people twice. It stands in the
  // body, because `fetch` puts nothing but Latin letters into a header.
  const draft = { ...options, idempotency_key: String(options.idempotency_key ?? "").trim() || uuid() };
  // Whether a list has one, and of what, is for the server to say.
  if (Array.isArray(asked)) return asked.map((one: FrameworkObject) => beside(one, draft));
  return isFrameworkObject(asked) ? beside(asked, draft) : bodyOf(asked as Interaction, draft);
}

/** What the caller says goes before what stands in a value that an agent made; metadata of its own are that value's. */
function beside(asked: FrameworkObject, draft: object): object {
  const own = ([name, value]: [string, unknown]) => value !== undefined && !(name === "metadata" && name in asked);
  return { ...asked, ...Object.fromEntries(Object.entries(draft).filter(own)) };
}

function bodyOf(asked: Interaction, draft: DraftOptions): Schemas["CreateRequest"] {
  const { timeout, tags, candidates, ...rest } = draft;
  return {
    ...rest,
    ...(tags && { tags: [...tags] }),
    ...(candidates && { candidates: [...candidates] }),
    interaction_data: timeout === undefined ? asked : { ...asked, timeout },
  };
}

function isFrameworkObject(asked: object): asked is FrameworkObject {
  if (!isObject(asked) || "interaction_type" in asked) return false;
  if (asked.type === "tool_approval" && "name" in asked) return true;
  return ["action_request", "action_requests", "interrupts"].some((name) => name in asked) || ("id" in asked && "reason" in asked);
}

/** Tells the options of a draft from the others. */
export function split<Options extends object>(options: Options): [draft: DraftOptions, others: Omit<Options, keyof DraftOptions>] {
  const entries = Object.entries(options);
  const of = (isDraft: boolean) => Object.fromEntries(entries.filter(([name]) => DRAFT.includes(name) === isDraft));
  return [of(true), of(false) as Omit<Options, keyof DraftOptions>];
}
