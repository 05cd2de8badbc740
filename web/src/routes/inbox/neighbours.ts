//! Which request comes before and after the one that is read, in the order of the list as it stands.
import { useSyncExternalStore } from "react";
import { useLocation, useRoute } from "wouter";

const order = (): string[] =>
  [...document.querySelectorAll<HTMLElement>(".list [data-session]")].map((each) => each.dataset.session ?? "");

export interface Neighbours {
  index: number;
  total: number;
}

const watch = (changed: () => void) => {
  const place = document.querySelector(".list-rows");
  if (!place) return () => undefined;
  let cached = order().join(" ");
  const observer = new MutationObserver(() => {
    const next = order().join(" ");
    if (next !== cached) {
      cached = next;
      changed();
    }
  });
  observer.observe(place, { childList: true, subtree: true });
  return () => observer.disconnect();
};

/** The ids of all rows as they stand. */
export const useOrder = (): string[] => useSyncExternalStore(watch, () => order().join(" ")).split(" ").filter(Boolean);

export function useNeighbours(): Neighbours {
  const [, at] = useRoute("/r/:id");
  const rows = useOrder();
  return { index: at ? rows.indexOf(at.id ?? "") : -1, total: rows.length };
}

/** Moves to the next or previous row; from nowhere to the first. */
export function useStep(): (by: 1 | -1) => void {
  const [path, go] = useLocation();
  return (by) => {
    const rows = order();
    if (!rows.length) return;
    const at = rows.indexOf(path.replace(/^\/r\//, ""));
    const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by));
    go(`/r/${rows[next]}${location.search}`);
    const row = document.querySelector<HTMLElement>(`.list [data-session="${rows[next]}"]`);
    row?.scrollIntoView({ block: "nearest" });
    // A focus in the list goes along, else keys would mean the row that was left.
    if (document.activeElement?.closest(".list .row")) row?.focus();
  };
}
