//! Which language: one's own choice, then the browser's, then the server's.
import { preferences } from "../preferences";

export type Language = "zh-CN" | "en";
export const LANGUAGES: readonly Language[] = ["zh-CN", "en"];

let fromServer: Language | null = null;

/** Remembers `ui.language` of the server, for whoever's browser asks for neither language. */
export function serverSpeaks(tag: string | null): void {
  fromServer = tag?.startsWith("zh") ? "zh-CN" : tag?.startsWith("en") ? "en" : fromServer;
}

export function language(): Language {
  const own = preferences().language;
  if (own) return own;
  for (const tag of navigator.languages) {
    if (/^zh\b/i.test(tag)) return "zh-CN";
    if (/^en\b/i.test(tag)) return "en";
  }
  return fromServer ?? "zh-CN";
}
