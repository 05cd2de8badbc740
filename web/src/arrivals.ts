//! Writes what the feed tells into the cache of queries. Invariant: an older version never replaces a newer one, and a
//! list's total moves with its rows.
import type { InfiniteData } from "@tanstack/react-query";
import { queries } from "./api/sessions";
import { isOpen, type Session } from "./api/types";
import { type Change, onChange, onConnected } from "./feed";

export interface Page {
  sessions: Session[];
  total: number;
  next_cursor?: string | null;
}

type Pages = InfiniteData<Page, unknown>;

/** The newer of two, with what only the single session's own answer carries. */
export function newer(old: Session | undefined, told: Session): Session {
  if (!old) return told;
  if (old.version > told.version) return old;
  return {
    ...old,
    ...told,
    interaction_data: {
      ...told.interaction_data,
      // What is asked never changes, and the session's own answer has the digits of its numbers.
      actions: old.interaction_data.actions ?? told.interaction_data.actions,
      message_html: told.interaction_data.message_html ?? old.interaction_data.message_html,
    },
    attempts: told.attempts ?? old.attempts,
    delivery: told.delivery ?? old.delivery,
    waiting: told.waiting ?? old.waiting ?? null,
    may: told.may ?? old.may ?? null,
  };
}

/** A list of open sessions after a change. The same object if nothing changed. */
export function withChange(pages: Pages, told: Session, mayInsert: boolean): Pages {
  let found = false;
  let same = true;
  const next = pages.pages.map((page) => {
    const index = page.sessions.findIndex((each) => each.session_id === told.session_id);
    if (index < 0) return page;
    found = true;
    const old = page.sessions[index] as Session;
    if (old.version >= told.version) return page;
    same = false;
    return { ...page, sessions: page.sessions.with(index, newer(old, told)) };
  });
  if (found) return same ? pages : { ...pages, pages: next };
  const last = pages.pages.at(-1);
  if (isOpen(told) && mayInsert) {
    return {
      ...pages,
      pages: next.map((page, index) => ({
        ...page,
        total: page.total + 1,
        sessions: index === 0 ? [told, ...page.sessions] : page.sessions,
      })),
    };
  }
  // It was among those not yet paged in.
  if (!isOpen(told) && last?.next_cursor) {
    return { ...pages, pages: next.map((page) => ({ ...page, total: Math.max(0, page.total - 1) })) };
  }
  return pages;
}

/** A list of closed ones, latest first, after one more was closed. */
export function withClosed(pages: Pages, told: Session): Pages {
  const known = pages.pages.flatMap((page) => page.sessions).find((each) => each.session_id === told.session_id);
  if (known && known.version >= told.version) return pages;
  return {
    ...pages,
    pages: pages.pages.map((page, index) => {
      const others = page.sessions.filter((each) => each.session_id !== told.session_id);
      return { ...page, sessions: index === 0 ? [newer(known, told), ...others] : others };
    }),
  };
}

interface Filter {
  statuses?: string[];
  q?: string;
  kind?: string;
  workflow?: string;
  after?: string;
  before?: string;
}

export function learn(told: Session, type = "updated"): void {
  queries.setQueryData<Session>(["session", told.session_id], (old) => (old ? newer(old, told) : undefined));
  for (const [key, pages] of queries.getQueriesData<Pages>({ queryKey: ["sessions"] })) {
    const filter = key[1] as Filter | undefined;
    if (!pages || !filter?.statuses) continue;
    if (filter.kind && filter.kind !== told.interaction_data.interaction_type) continue;
    const searched = !!(filter.q || filter.workflow || filter.after || filter.before);
    if (filter.statuses.includes("open")) {
      // Whether a search finds it, only the server can say.
      if (searched && type === "opened") void queries.invalidateQueries({ queryKey: key });
      else queries.setQueryData<Pages>(key, withChange(pages, told, !searched));
    } else if (filter.statuses.includes("active")) {
      // Who is held moves in and out of this one; it is short.
      const listed = pages.pages.some((page) => page.sessions.some((each) => each.session_id === told.session_id));
      if (listed || told.status === "active") void queries.invalidateQueries({ queryKey: key });
    } else if (filter.statuses.includes(told.status)) {
      if (searched) void queries.invalidateQueries({ queryKey: key });
      else queries.setQueryData<Pages>(key, withClosed(pages, told));
    }
  }
}

export function listenForArrivals(): void {
  onChange(({ session, type }: Change) => {
    learn(session, type);
    void queries.invalidateQueries({ queryKey: ["session", session.session_id] });
  });
  onConnected(() => {
    const early = queries.getQueryCache().findAll({ fetchStatus: "fetching", predicate: (query) => query.state.data === undefined });
    void queries.invalidateQueries();
    // What is still on its way may be from before.
    for (const query of early) {
      const again = () => void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
      query.promise?.then(again, again);
    }
  });
}
