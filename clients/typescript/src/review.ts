//! What a person decided about a plan.
import { NotAskwell } from "./errors.js";
import type { Answer } from "./outcome.js";
import { isObject } from "./session.js";

/** Strictest first: of several decisions the strictest stands for all. */
const ACTIONS = ["abort", "modify", "approve"] as const;

export type Verdict = (typeof ACTIONS)[number];

/** The decision about one of several actions, in their order. */
export interface Decision {
  readonly action: Verdict;
  /** With `approve`: the complete arguments as the person changed them. Run these, not your own. */
  readonly edited?: unknown;
  readonly comment?: string;
}

/** A person's decision about a plan, or about actions that wait. */
export interface Review {
  /** With several `decisions`: `approve` only if all of them are. */
  readonly action: Verdict;
  /** What should change; always there with `modify` of a whole plan. */
  readonly instructions: string | undefined;
  /** Remarks on single steps, by their index. */
  readonly step_comments: Readonly<Record<number, string>>;
  /** With `approve`: the complete arguments as the person changed them. Run these, not your own. */
  readonly edited: unknown;
  /** Values of the fields that were asked for beside the decision. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** One for each of several actions. */
  readonly decisions: readonly Decision[];
  /** Who said so, when, with what comment. */
  readonly answer: Answer;
}

/** Reads an answer as a review's. `NotAskwell` for anything but the three actions, or if no person gave it. */
export function reviewOf(answer: Answer): Review {
  const { data } = answer;
  const wrong = (what: string) => new NotAskwell(`session ${answer.session.session_id} holds no review: ${what}`);
  if (answer.source !== "person" || !isObject(data)) throw wrong("no person's decision");
  const several: unknown = data.decisions ?? [];
  if (!Array.isArray(several)) throw wrong("decisions is no list");
  const given = (several.length ? several : [data]).map((decision: unknown) => {
    const action = ACTIONS.find((one) => isObject(decision) && decision.action === one);
    if (!action) throw wrong("an action that is none");
    return action;
  });
  const comments = data.step_comments ?? {};
  if (!isObject(comments) || !Object.entries(comments).every(([step, text]) => /^\d+$/.test(step) && typeof text === "string")) {
    throw wrong("step_comments are not by step");
  }
  return {
    action: ACTIONS.find((action) => given.includes(action))!,
    instructions: typeof data.modification_instructions === "string" ? data.modification_instructions : undefined,
    step_comments: comments as Record<number, string>,
    edited: data.edited ?? undefined,
    fields: isObject(data.fields) ? data.fields : {},
    decisions: several as Decision[],
    answer,
  };
}
