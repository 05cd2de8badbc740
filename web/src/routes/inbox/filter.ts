//! Tab, search and filters, kept in the address so that a view can be sent to somebody.
import { useLocation, useSearchParams } from "wouter";
import type { Session } from "../../api/types";

export type Tab = "mine" | "claimed" | "others" | "done";
export const TABS: readonly Tab[] = ["mine", "claimed", "others", "done"];

export interface Filter {
  tab: Tab;
  q: string;
  kind: string;
  risk: string;
}

export function useFilter(): [Filter, (change: Partial<Filter>) => void] {
  const [params, setParams] = useSearchParams();
  const tab = params.get("tab") as Tab | null;
  const filter: Filter = {
    tab: tab && TABS.includes(tab) ? tab : "mine",
    q: params.get("q") ?? "",
    kind: params.get("kind") ?? "",
    risk: params.get("risk") ?? "",
  };
  const change = (next: Partial<Filter>) => {
    const all = { ...filter, ...next };
    const kept = new URLSearchParams();
    if (all.tab !== "mine") kept.set("tab", all.tab);
    for (const key of ["q", "kind", "risk"] as const) if (all[key]) kept.set(key, all[key]);
    setParams(kept, { replace: true });
  };
  return [filter, change];
}

export const fits = (filter: Filter, session: Session): boolean =>
  (!filter.kind || session.interaction_data.interaction_type === filter.kind) &&
  (!filter.risk || session.risk === filter.risk);

/** Keeps tab and filters while one moves between requests. */
export function useOpener(): (id: string | null) => void {
  const [, go] = useLocation();
  return (id) => go(`${id ? `/r/${id}` : "/"}${location.search}`);
}
