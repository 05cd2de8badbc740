//! Handing a request on: which dialog is open. It floats above the page, since a menu that closes would take it along.
import { lazy, Suspense, useSyncExternalStore } from "react";
import { withWords } from "../language";

export type Handing = "assign" | "delegate" | "candidates" | "invite";

export interface Handed {
  what: Handing;
  id: string;
}

const Dialogs = lazy(withWords(() => import("../routes/handing/Handing"), "people", "forms"));

let open: Handed | null = null;
const watchers = new Set<() => void>();

export function hand(next: Handed | null): void {
  open = next;
  for (const watcher of watchers) watcher();
}

export function Floating() {
  const handed = useSyncExternalStore((watcher) => (watchers.add(watcher), () => watchers.delete(watcher)), () => open);
  return <Suspense fallback={null}>{handed && <Dialogs {...handed} onClose={() => hand(null)} />}</Suspense>;
}
