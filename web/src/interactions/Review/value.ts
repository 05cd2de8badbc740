//! What a reviewer typed, and the answer made of it. Pure.
import { parse, write } from "../../api/exact";
import type { Action, Session } from "../../api/types";
import type { FormValue } from "../fields/Fields";

export type Verb = "approve" | "edit" | "modify" | "abort";

export interface ReviewValue {
  instructions?: string;
  /** Remarks by step. */
  comments?: Record<string, string>;
  /** Arguments as edited, by action. */
  edited?: Record<string, string>;
  /** One vote for each of several actions. */
  votes?: Record<string, Exclude<Verb, "edit">>;
  fields?: FormValue;
}

export const actionsOf = (session: Session): Action[] => (session.interaction_data.actions ?? []) as Action[];

export const allowedOf = (session: Session): Verb[] => {
  const actions = actionsOf(session);
  const [first] = actions;
  return actions.length === 1 && first?.allowed ? (first.allowed as Verb[]) : ["approve", "modify", "abort"];
};

const filled = (comments: Record<string, string> | undefined): [string, string][] =>
  Object.entries(comments ?? {}).filter(([, text]) => text.trim());

/** Instructions; remarks at steps are some, too. */
export function instructionsOf(value: ReviewValue): string {
  const own = value.instructions?.trim() ?? "";
  return own || filled(value.comments).map(([index, text]) => `${Number(index) + 1}. ${text.trim()}`).join("\n");
}

/** The arguments, if they were changed. Throws where they are no JSON. */
function editedOf(value: ReviewValue, action: Action, index: number): unknown {
  const text = value.edited?.[index];
  if (text === undefined) return undefined;
  const parsed = parse(text);
  return write(parsed) === write(action.args) ? undefined : parsed;
}

/** Null: something is missing. */
export function answerOf(session: Session, value: ReviewValue, choice: string, fields: Record<string, unknown> | undefined): unknown | null {
  const actions = actionsOf(session);
  const instructions = instructionsOf(value);
  const comments = Object.fromEntries(filled(value.comments).map(([index, text]) => [index, text.trim()]));
  const shared = {
    ...(Object.keys(comments).length ? { step_comments: comments } : {}),
    ...(fields && Object.keys(fields).length ? { fields } : {}),
  };
  try {
    if (actions.length > 1) {
      const votes = actions.map((_, index) => value.votes?.[index]);
      if (votes.some((each) => !each) || (votes.includes("modify") && !instructions)) return null;
      return {
        decisions: actions.map((action, index) => {
          const edited = votes[index] === "approve" ? editedOf(value, action, index) : undefined;
          return { action: votes[index], ...(edited === undefined ? {} : { edited }) };
        }),
        ...(instructions && votes.includes("modify") ? { modification_instructions: instructions } : {}),
        ...shared,
      };
    }
    if (choice === "modify") return instructions ? { action: "modify", modification_instructions: instructions, ...shared } : null;
    const [action] = actions;
    const edited = choice === "approve" && action ? editedOf(value, action, 0) : undefined;
    return { action: choice, ...(edited === undefined ? {} : { edited }), ...shared };
  } catch {
    return null;
  }
}
