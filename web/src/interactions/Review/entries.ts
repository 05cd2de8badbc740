//! The arguments of an action, one by one, as they are typed. Pure.
import { Exact, parse, pretty } from "../../api/exact";

export interface Entry {
  key: string;
  kind: "text" | "number" | "flag" | "json";
  /** What stands in the control: of a text the text itself, of anything else its JSON. */
  typed: string;
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Null where there is nothing to make controls of. */
export function entriesOf(text: string): Entry[] | null {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Exact) return null;
  const entries = Object.entries(value).map(([key, each]): Entry => {
    if (typeof each === "string") return { key, kind: "text", typed: each };
    if (typeof each === "number" || each instanceof Exact) return { key, kind: "number", typed: String(each) };
    if (typeof each === "boolean") return { key, kind: "flag", typed: String(each) };
    return { key, kind: "json", typed: pretty(each) };
  });
  return entries.length ? entries : null;
}

/** What was typed, in lines that end as they came: a control knows only one way to end them. */
export function retyped(entry: Entry, typed: string): Entry {
  const windows = entry.kind === "text" && entry.typed.includes("\r\n") && !/(^|[^\r])\n/.test(entry.typed);
  return { ...entry, typed: windows ? typed.replace(/\r?\n/g, "\r\n") : typed };
}

export function isFault({ kind, typed }: Entry): boolean {
  if (kind === "number") return !NUMBER.test(typed.trim());
  if (kind !== "json") return false;
  try {
    parse(typed);
    return false;
  } catch {
    return true;
  }
}

/** The arguments as JSON; none where something typed is none, so that nobody takes it for some. */
export function textOf(entries: readonly Entry[]): string {
  const lines = entries.map((entry) => {
    const value = entry.kind === "text" ? JSON.stringify(entry.typed) : isFault(entry) ? `?${entry.typed}` : entry.typed.trim();
    return `  ${JSON.stringify(entry.key)}: ${value.replace(/\n/g, "\n  ")}`;
  });
  return `{\n${lines.join(",\n")}\n}`;
}
