//! Which rows are selected, and what became of answering them together. Invariant: a row is selected by hand only, one at a
//! time; nothing here selects several.
import { useSyncExternalStore } from "react";

export interface Picked {
  ids: ReadonlySet<string>;
  /** Why a row could not be answered; it stays selected. */
  failed: ReadonlyMap<string, string>;
  /** Checkboxes are shown although nothing is selected yet: where nothing hovers. */
  wanted: boolean;
  /** What the last answer to several came to. */
  told: { answered: number; failed: number } | null;
}

const NOTHING: Picked = { ids: new Set(), failed: new Map(), wanted: false, told: null };

let picked = NOTHING;
const watchers = new Set<() => void>();

function set(next: Picked): void {
  picked = next;
  for (const watcher of watchers) watcher();
}

export function toggle(id: string): void {
  const ids = new Set(picked.ids);
  if (!ids.delete(id)) ids.add(id);
  const failed = new Map(picked.failed);
  failed.delete(id);
  set({ ...picked, ids, failed, told: null });
}

export const unpick = (): void => set(NOTHING);
export const wantPicking = (): void => set({ ...NOTHING, wanted: true });

/** Who was answered is let go; who was not stays, with the reason. */
export function settle(results: { id: string; fault: string | null }[]): void {
  const failed = new Map(results.flatMap(({ id, fault }) => (fault === null ? [] : [[id, fault] as const])));
  const asked = new Set(results.map(({ id }) => id));
  const ids = new Set([...picked.ids].filter((id) => !asked.has(id) || failed.has(id)));
  set({ ids, failed, wanted: picked.wanted, told: { answered: results.length - failed.size, failed: failed.size } });
}

export const usePicked = (): Picked =>
  useSyncExternalStore(
    (watcher) => (watchers.add(watcher), () => watchers.delete(watcher)),
    () => picked,
  );
