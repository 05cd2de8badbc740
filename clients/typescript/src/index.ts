//! Askwell: automation asks, a person answers, and there is exactly one answer.
export {
  type AskOptions,
  Askwell,
  type CallOptions,
  type ClientOptions,
  type ConfirmOptions,
  DEFAULT_URL,
  type OpenedSession,
} from "./client.ts";
export type { Token } from "./credential.ts";
export type { DraftOptions } from "./draft.ts";
export {
  AskwellError,
  AuthenticationError,
  Cancelled,
  Failed,
  ForbiddenError,
  InvalidSignature,
  NotAskwell,
  Problem,
  TimedOut,
  Unanswered,
  Unreachable,
} from "./errors.ts";
export type { FeedOptions } from "./feed.ts";
export type { Filters } from "./filters.ts";
export {
  type Choice,
  type Chosen,
  confirmation,
  custom,
  type FileOptions,
  fileUpload,
  type Interaction,
  planReview,
  type PlanOptions,
  type Scalar,
  selection,
  type SelectionOptions,
  type Shown,
  textInput,
} from "./interactions.ts";
export { Answer, Outcome, type Source } from "./outcome.ts";
export type { Patience } from "./patience.ts";
export { type Decision, type Review, reviewOf, type Verdict } from "./review.ts";
export type { components } from "./schema.ts";
export { isOpen } from "./session.ts";
export { VERSION } from "./version.ts";
export type { WaitOptions } from "./waiting.ts";
export { type Callback, type HeadersLike, verifyWebhook, type VerifyOptions } from "./webhooks.ts";
export type { Action, Consequences, Event, Field, Finding, InteractionData, Option, Session, Status, Text } from "./wire.ts";
