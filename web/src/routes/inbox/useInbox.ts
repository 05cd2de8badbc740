//! All that the inbox shows: rows of each tab, who waits behind the pill, and the counts that belong to them.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { type ListFilter, listOf } from "../../api/sessions";
import { isOpen, type Session } from "../../api/types";
import { now } from "../../clock";
import { isForMe } from "../../me";
import { outcomeOf } from "../../outcome";
import { usePreferences } from "../../preferences";
import { type Arrangement, arrange, release } from "./arrange";
import { type Filter, fits } from "./filter";

/** Beyond that one pages by hand. */
const BY_ITSELF = 2_000;

/** A list that is paged in by itself as far as is bearable. */
function usePaged(filter: ListFilter, enabled = true, most = BY_ITSELF) {
  const query = useInfiniteQuery({ ...listOf(filter), enabled });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const loaded = data?.pages.reduce((sum, page) => sum + page.sessions.length, 0) ?? 0;
  useEffect(() => {
    if (enabled && hasNextPage && !isFetchingNextPage && loaded < most) void fetchNextPage();
  }, [enabled, hasNextPage, isFetchingNextPage, loaded, most, fetchNextPage]);
  const sessions = useMemo(
    () => new Map(data?.pages.flatMap((page) => page.sessions as Session[]).map((each) => [each.session_id, each])),
    [data],
  );
  return { query, sessions, loaded, total: data?.pages.at(-1)?.total ?? 0, whole: !!data && !hasNextPage };
}

/** What is open. Where that is more than is paged in, what somebody holds is asked for by itself: it is few, and counts. */
export function useOpenSessions(q = "", kind = "") {
  const same = { q, sort: "expires_at" as const, ...(kind ? { kind } : {}) };
  const open = usePaged({ statuses: ["open"], ...same });
  const beyond = open.query.hasNextPage && open.loaded >= BY_ITSELF;
  const held = usePaged({ statuses: ["active"], ...same }, beyond);
  const sessions = useMemo(() => (beyond ? new Map([...held.sessions, ...open.sessions]) : open.sessions), [beyond, held.sessions, open.sessions]);
  const unpaged = open.query.hasNextPage ? Math.max(0, open.total - open.loaded) : 0;
  return { query: open.query, paged: open.sessions, sessions, unpaged, held: { whole: !beyond || held.whole, total: held.total } };
}

export interface Counts {
  mine: number;
  claimed: number;
  others: number;
  /** There may be more of them than that. */
  more: Record<"mine" | "claimed" | "others", boolean>;
}

const CLOSED: ListFilter["statuses"] = ["completed", "timeout", "cancelled", "error"];

/** Sent back, and the next attempt has not come yet. `deep`: not only among the latest reviews. */
export function useSentBack(deep = false): { sessions: Session[]; more: boolean } {
  const closed = usePaged({ statuses: CLOSED, kind: "review", sort: "-updated_at" }, true, deep ? BY_ITSELF : 1);
  const { sessions, unpaged } = useOpenSessions();
  const back = useMemo(() => awaitingNext([...closed.sessions.values()], [...sessions.values()]), [closed.sessions, sessions]);
  return { sessions: back, more: unpaged > 0 || (!closed.whole && closed.loaded > 0) };
}

export function awaitingNext(closed: Session[], open: Session[]): Session[] {
  const nodes = new Map<string, Session[]>();
  const nodeOf = (session: Session) => JSON.stringify([session.workflow_id, session.interaction_data.node_id]);
  for (const session of [...open, ...closed]) {
    if (!session.interaction_data.node_id) continue;
    const node = nodeOf(session);
    const tries = nodes.get(node);
    if (tries) tries.push(session);
    else nodes.set(node, [session]);
  }
  return closed.filter((session) => {
    const { node_id, attempt } = session.interaction_data;
    if (!node_id || session.status !== "completed" || outcomeOf(session).word !== "outcome-sent-back") return false;
    return !nodes.get(nodeOf(session))?.some(
      (other) =>
        other.session_id !== session.session_id &&
        ((other.interaction_data.attempt ?? 1) > (attempt ?? 1) || other.created_at > session.created_at),
    );
  });
}

interface Known {
  /** Of the list of open ones, as far as it is paged in. */
  paged: Iterable<Session>;
  /** These, and what else is held. */
  sessions: Iterable<Session>;
  unpaged: number;
  held: { whole: boolean; total: number };
}

export function countsOf({ paged, sessions, unpaged, held }: Known, me: string, back: { sessions: readonly unknown[]; more: boolean }): Counts {
  let elsewhere = 0;
  let claimed = 0;
  for (const session of sessions) {
    if (!isOpen(session)) continue;
    if (session.claimed_by === me) claimed += 1;
    else if (session.claimed_by || !isForMe(session)) elsewhere += 1;
  }
  let open = unpaged;
  for (const session of paged) if (isOpen(session)) open += 1;
  // Of those held that are not known, none is counted as one's own.
  const mine = open - (held.whole ? elsewhere : Math.max(elsewhere, held.total - claimed));
  return {
    mine: Math.max(0, mine), claimed, others: elsewhere + back.sessions.length,
    more: { mine: !held.whole, claimed: !held.whole, others: !held.whole || back.more },
  };
}

export function useCounts(): Counts {
  const me = usePreferences().name;
  const { paged, sessions, unpaged, held } = useOpenSessions();
  const { sessions: back, more } = useSentBack();
  const { whole, total } = held;
  return useMemo(
    () => countsOf({ paged: paged.values(), sessions: sessions.values(), unpaged, held: { whole, total } }, me, { sessions: back, more }),
    [paged, sessions, unpaged, whole, total, me, back, more],
  );
}

export interface Rows {
  soon: Session[];
  rest: Session[];
  held: number;
  letIn: () => void;
}

/** The rows of an open tab, standing still while somebody points at them. */
export function useRows(live: ReadonlyMap<string, Session>, filter: Filter, calm: boolean): Rows {
  const me = usePreferences().name;
  const key = `${filter.tab} ${filter.q} ${filter.kind} ${filter.risk}`;
  const seen = useRef(new Map<string, Session>());
  const [state, setState] = useState<{ key: string; arrangement: Arrangement | null }>({ key, arrangement: null });

  const belongs = (session: Session) => {
    const elsewhere = (!!session.claimed_by && session.claimed_by !== me) || !isForMe(session);
    const inTab = filter.tab === "claimed" ? session.claimed_by === me : filter.tab === "others" ? elsewhere : !elsewhere;
    return inTab && fits(filter, session);
  };
  if (state.key !== key) seen.current = new Map();
  const previous = state.key === key ? state.arrangement : null;
  const placed = new Set([...(previous?.soon ?? []), ...(previous?.rest ?? [])]);
  const known = new Map<string, Session>();
  for (const session of live.values()) {
    if (placed.has(session.session_id) || (isOpen(session) && belongs(session))) known.set(session.session_id, session);
  }
  for (const [id, session] of known) seen.current.set(id, session);

  const next = live.size || previous ? arrange(previous, { sessions: known, calm, now: now() }) : null;
  if (next !== state.arrangement || state.key !== key) setState({ key, arrangement: next });

  const rowsOf = (ids: string[]) => ids.flatMap((id) => known.get(id) ?? seen.current.get(id) ?? []);
  return {
    soon: rowsOf(next?.soon ?? []),
    rest: rowsOf(next?.rest ?? []),
    held: next?.held.length ?? 0,
    letIn: () => next && setState({ key, arrangement: { ...next, ...release(next, known, now()) } }),
  };
}
