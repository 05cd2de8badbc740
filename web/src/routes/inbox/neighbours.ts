//! Which request comes before and after the one that is read, in the order of the list as it stands.
import { useSyncExternalStore } from "react";
import { useLocation, useRoute } from "wouter";

const order = (): string[] =>
  [...document.querySelectorAll<HTMLElement>(".list [data-session]")].map((each) => each.dataset.session ?? "");

export interface Neighbours {
  index: number;
  total: number;
}

let cached = "";
const watch = (changed: () => void) => {
  const place = document.querySelector(".list-rows");
  if (!place) return () => undefined;
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

export function useNeighbours(): Neighbours {
  const [, at] = useRoute("/r/:id");
  const rows = useSyncExternalStore(watch, () => order().join(" ")).split(" ").filter(Boolean);
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
    document.querySelector(`.list [data-session="${rows[next]}"]`)?.scrollIntoView({ block: "nearest" });
  };
}
