//! What this browser's person prefers. Kept in the browser. Invariant: the name of an account is never kept as if it had
//! been made up. Neighbours: `me.ts` knows whether there are accounts.
import { useSyncExternalStore } from "react";

export interface Preferences {
  language: "zh-CN" | "en" | null;
  theme: "system" | "light" | "dark";
  density: "roomy" | "compact";
  notifications: boolean;
  sound: "off" | "soft";
  singleKeys: boolean;
  /** How a risky answer is checked; null: by what there is to point with. */
  check: "word" | "hold" | null;
  /** As whom the page acts: a name made up for this browser, or one's login. */
  name: string;
  answeredOnce: boolean;
}

const KEY = "askwell.preferences";
const listeners = new Set<() => void>();

function madeUp(): string {
  const digits = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
  return `访客-${digits.toString(16).padStart(4, "0")}`;
}

function read(): Preferences {
  const fresh: Preferences = {
    language: null, theme: "system", density: "roomy", notifications: false, sound: "off",
    singleKeys: true, check: null, name: "", answeredOnce: false,
  };
  let kept: Partial<Preferences> = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>;
  } catch {
    // Storage that cannot be read is as good as none.
  }
  const all = { ...fresh, ...kept };
  // Two browsers are two people, so a name is made once and then stays.
  return all.name ? all : keep({ ...all, name: madeUp() });
}

function keep(next: Preferences): Preferences {
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // A private window may forbid it; the page lives on with what is in memory.
  }
  return next;
}

let current = read();
let login: string | null = null;
let shown = current;

export const preferences = (): Preferences => shown;

function show(): void {
  shown = login === null ? current : { ...current, name: login };
  dress();
  for (const listener of listeners) listener();
}

export function prefer(change: Partial<Preferences>): void {
  current = keep({ ...current, ...change });
  show();
}

/** From now on the page acts as this person; as the made-up one without. */
export function actAs(name: string | null): void {
  if (name === login) return;
  login = name;
  show();
}

/** Puts theme and density where the style sheet looks for them. */
export function dress(): void {
  const root = document.documentElement.dataset;
  if (current.theme === "system") delete root.theme;
  else root.theme = current.theme;
  if (current.density === "compact") root.density = "compact";
  else delete root.density;
}

/** From light to dark and back, starting with what is seen. */
export function nextTheme(): void {
  const { theme } = document.documentElement.dataset;
  const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  prefer({ theme: dark ? "light" : "dark" });
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    preferences,
  );
}

globalThis.addEventListener?.("storage", (event) => {
  if (event.key !== KEY) return;
  current = read();
  show();
});
