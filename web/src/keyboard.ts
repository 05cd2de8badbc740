//! Keys. Invariants: single keys are off while somebody types or composes, may be switched off altogether, and Ctrl or ⌘
//! is what the platform has.
import { useEffect, useRef } from "react";
import { preferences } from "./preferences";

export type Keys = Record<string, (() => unknown) | undefined>;

const mac = /Mac|iPhone|iPad/.test(navigator.platform);
export const commandKey = (): string => (mac ? "⌘" : "Ctrl ");

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !["checkbox", "radio", "button", "range"].includes((target as HTMLInputElement).type)));
}

/** The name of a key press, as tables of keys spell it; null where it must not count. */
export function keyName(event: KeyboardEvent): string | null {
  // During composition Enter picks a word, whatever it would do otherwise.
  if (event.isComposing || event.keyCode === 229 || event.altKey) return null;
  const name = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return `mod+${name}`;
  if (typing(event.target)) return null;
  if (!preferences().singleKeys && name.length === 1 && name !== "/") return null;
  return name;
}

const stack: { current: Keys }[] = [];

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || (document.querySelector("dialog[open]") && event.key !== "Escape")) return;
  const name = keyName(event);
  if (!name) return;
  for (const table of stack.toReversed()) {
    const act = table.current[name];
    if (!act) continue;
    event.preventDefault();
    act();
    return;
  }
});

/** Keys that count while the component is there; later ones go before earlier ones. */
export function useKeys(keys: Keys): void {
  const table = useRef(keys);
  table.current = keys;
  useEffect(() => {
    stack.push(table);
    return () => void stack.splice(stack.indexOf(table), 1);
  }, []);
}
