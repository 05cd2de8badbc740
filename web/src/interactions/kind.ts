//! What the page must know of a kind of question: its body, its buttons, and how its answer reads. One folder a kind.
import type { ComponentType } from "react";
import type { Issue, Session } from "../api/types";
import type { Words } from "../language";
import type { Tone } from "../ui/Button";

/** What a body gives when a button asks for it. `null`: not ready, and the body has said why. */
export type Collect = (choice: string) => Promise<unknown | null> | unknown | null;

export interface BodyProps {
  session: Session;
  /** What was typed so far, of the kind's own shape; kept as draft. */
  value: unknown;
  change: (value: unknown) => void;
  frozen: boolean;
  /** The server's objections, by pointer below `/response`. */
  issues: readonly Issue[];
  /** The body says here how to make an answer of what was typed. */
  onCollect: (collect: Collect) => void;
  /** A button that was pressed for the first time and wants something first, as the instructions of a change. */
  wanted: string | null;
  /** Only to be looked at, in the playground. */
  preview?: boolean;
}

export interface Choice {
  id: string;
  label: string;
  tone: Tone;
  /** Does what was asked for: needs the check where risk is high, and ⌘↵ means it. */
  positive: boolean;
  /** The single key that goes to it. */
  key?: string;
  /** Why it cannot be pressed now. */
  blocked?: string;
  /** Whether what was typed belongs to it: such a button asks the body first. */
  collects: boolean;
}

export interface Kind {
  Body: ComponentType<BodyProps> | null;
  choices: (session: Session, value: unknown, say: Words) => Choice[];
  /** The answer of a choice that collects nothing. */
  replyTo?: (session: Session, choice: string) => unknown;
  /** What was decided on, for reading afterwards, where the body showed it. */
  Reviewed?: ComponentType<{ session: Session }>;
  /** How the answer reads in the record. */
  Answered: ComponentType<{ session: Session }>;
}

/** How a no looks: red, unless the yes cannot be undone. Then that alone is red, and nobody mistakes which one is dangerous. */
export const noTone = (session: Session): Tone => (irreversible(session) ? "outline" : "reject");

/** The one button of kinds that are filled in. */
export const submitChoice = (session: Session, say: Words, blocked?: string): Choice => ({
  id: "submit",
  label: say("submit"),
  tone: irreversible(session) ? "danger" : "solid",
  positive: true,
  collects: true,
  ...(blocked ? { blocked } : {}),
});

interface Sentence {
  text: unknown;
  irreversible: boolean;
}

/** Consequences as sentences, those that cannot be undone first. */
export function sentences(given: unknown): Sentence[] {
  if (given == null) return [];
  const list = (Array.isArray(given) ? given : [given]).map((each): Sentence => {
    const marked = typeof each === "object" && each !== null && "text" in each;
    return marked
      ? { text: (each as Sentence).text, irreversible: (each as Sentence).irreversible === true }
      : { text: each, irreversible: false };
  });
  return [...list.filter((each) => each.irreversible), ...list.filter((each) => !each.irreversible)];
}

export const irreversible = (session: Session): boolean =>
  sentences(session.interaction_data.consequences?.on_answer).some((each) => each.irreversible);

/** Objections to one place of the answer. */
export const issueAt = (issues: readonly Issue[], pointer: string): string | undefined =>
  issues.find((each) => each.pointer === pointer || each.pointer?.startsWith(`${pointer}/`))?.detail;
