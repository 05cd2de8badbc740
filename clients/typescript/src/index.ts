//! Askwell: automation asks, a person answers, and there is exactly one answer.
export {
  type AskOptions,
  Askwell,
  type CallOptions,
  type ClientOptions,
  type ConfirmOptions,
  DEFAULT_URL,
  type OpenedSession,
} from "./client.js";
export type { Token } from "./credential.js";
export type { DraftOptions, FrameworkBody } from "./draft.js";
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
} from "./errors.js";
export type { FeedOptions } from "./feed.js";
export type { Filters } from "./filters.js";
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
} from "./interactions.js";
export { Answer, Outcome, type Source } from "./outcome.js";
export type { Patience } from "./patience.js";
export { type Decision, type Review, reviewOf, type Verdict } from "./review.js";
export type { components } from "./schema.js";
export { isOpen } from "./session.js";
export { VERSION } from "./version.js";
export type { WaitOptions } from "./waiting.js";
export { type Callback, type HeadersLike, verifyWebhook, type VerifyOptions } from "./webhooks.js";
export type { Action, Consequences, Event, Field, Finding, InteractionData, Option, Session, Status, Text } from "./wire.js";
