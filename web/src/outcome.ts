//! How a session ended, in a word, a tone and a sign.
import type { Option, Session } from "./api/types";
import type { IconName } from "./ui/Icon";
import { inLanguage } from "./language/text";

export interface Outcome {
  word: string;
  tone: "jade" | "cinnabar" | "indigo" | "amber" | "plain";
  icon: IconName;
  /** A person decided, so it gets the seal. */
  sealed: boolean;
}

const NO = /^(no|n|cancel|reject|rejected|deny|decline|abort|stop|false|hold|refuse|disagree|取消|拒绝|否|不|中止|放弃|驳回|不同意|暂缓)$/i;

/** Whether an option says no. Where nothing tells, the second of two does. */
export function isNegative(option: Option, options: readonly Option[]): boolean {
  const words = (each: Option) => [String(each.value), inLanguage(each.label)];
  const says = (each: Option) => words(each).some((word) => NO.test(word.trim()));
  if (says(option)) return true;
  return options.length === 2 && options[1] === option && !options.some(says);
}

/** Options as the page uses them, whatever the requester wrote. */
export const optionsOf = (session: Pick<Session, "interaction_data">): Option[] =>
  (session.interaction_data.options ?? []) as Option[];

export function outcomeOf(session: Session): Outcome {
  switch (session.status) {
    case "timeout":
      return { word: "outcome-timeout", tone: "amber", icon: "clock", sealed: false };
    case "cancelled":
      return { word: "outcome-cancelled", tone: "plain", icon: "close", sealed: false };
    case "error":
      return { word: "outcome-error", tone: "cinnabar", icon: "warning", sealed: false };
    case "completed":
      return decided(session);
    default:
      return { word: "outcome-open", tone: "plain", icon: "clock", sealed: false };
  }
}

function decided(session: Session): Outcome {
  const data = session.response?.response_data as Record<string, unknown> | undefined;
  const yes: Outcome = { word: "outcome-approved", tone: "jade", icon: "check", sealed: true };
  const no: Outcome = { word: "outcome-declined", tone: "cinnabar", icon: "close", sealed: true };
  const back: Outcome = { word: "outcome-sent-back", tone: "indigo", icon: "retry", sealed: true };
  if (session.interaction_data.interaction_type === "confirmation") {
    const options = optionsOf(session);
    const chosen = options.find((each) => each.value === data?.choice);
    return chosen && isNegative(chosen, options) ? no : yes;
  }
  if (session.interaction_data.interaction_type === "review") {
    const actions = Array.isArray(data?.decisions)
      ? (data.decisions as { action?: string }[]).map((each) => each.action)
      : [data?.action];
    if (actions.every((each) => each === "abort")) return { ...no, word: "outcome-aborted" };
    if (actions.includes("modify")) return back;
    return actions.every((each) => each === "approve") ? yes : { ...yes, word: "outcome-partly" };
  }
  return { word: "outcome-answered", tone: "jade", icon: "check", sealed: true };
}
