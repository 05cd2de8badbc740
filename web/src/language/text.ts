import type { Text } from "../api/types";
import { type Language, language } from "./choice";

/** The requester's text in the reader's language, else in whichever there is. */
export function inLanguage(text: unknown, tag: Language = language()): string {
  if (text == null) return "";
  if (typeof text === "string") return text;
  if (typeof text !== "object") return String(text);
  const variants = text as Exclude<Text, string>;
  const base = tag.split("-")[0] ?? tag;
  return (
    variants[tag] ?? variants[base] ?? Object.entries(variants).find(([key]) => key.startsWith(base))?.[1] ??
    variants.en ?? Object.values(variants)[0] ?? ""
  );
}
