//! All that the inbox shows: rows of each tab, who waits behind the pill, and the counts that belong to them.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { fetchPage, listOf } from "../../api/sessions";
import { isOpen, type Session } from "../../api/types";
import { now } from "../../clock";
import { isForMe } from "../../me";
import { usePreferences } from "../../preferences";
import { type Arrangement, arrange, release } from "./arrange";
import { type Filter, fits } from "./filter";

/** Beyond that one pages by hand. */
const BY_ITSELF = 2_000;

export function useOpenSessions(q = "") {
  const query = useInfiniteQuery(listOf({ statuses: ["open"], q, sort: "expires_at" }));
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const loaded = data?.pages.reduce((sum, page) => sum + page.sessions.length, 0) ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && loaded < BY_ITSELF) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, loaded, fetchNextPage]);
  const sessions = useMemo(
    () => new Map(data?.pages.flatMap((page) => page.sessions as Session[]).map((each) => [each.session_id, each])),
    [data],
  );
  const unpaged = hasNextPage ? Math.max(0, (data?.pages.at(-1)?.total ?? 0) - loaded) : 0;
  return { query, sessions, unpaged };
}

export interface Counts {
  mine: number;
  claimed: number;
  others: number;
}

/** Sent back, and the next attempt has not come yet. */
export function useSentBack(): Session[] {
  const { data } = useQuery({
    queryKey: ["sessions", { statuses: ["completed"], kind: "review", sort: "-updated_at" }],
    queryFn: ({ signal }) =>
      fetchPage({ statuses: ["completed"], kind: "review", sort: "-updated_at" }, undefined, signal, 100),
  });
  const { sessions } = useOpenSessions();
  return useMemo(() => awaitingNext((data?.sessions ?? []) as Session[], [...sessions.values()]), [data, sessions]);
}

export function awaitingNext(closed: Session[], open: Session[]): Session[] {
  const all = [...open, ...closed];
  return closed.filter((session) => {
    const { node_id, attempt } = session.interaction_data;
    const sent = session.response?.response_data as { action?: string } | undefined;
    if (sent?.action !== "modify" || !node_id) return false;
    return !all.some(
      (other) =>
        other.session_id !== session.session_id &&
        other.workflow_id === session.workflow_id &&
        other.interaction_data.node_id === node_id &&
        ((other.interaction_data.attempt ?? 1) > (attempt ?? 1) || other.created_at > session.created_at),
    );
  });
}

export function countsOf(sessions: Iterable<Session>, me: string, unpaged: number, sentBack: number): Counts {
  const counts: Counts = { mine: unpaged, claimed: 0, others: sentBack };
  for (const session of sessions) {
    if (!isOpen(session)) continue;
    if ((session.claimed_by && session.claimed_by !== me) || !isForMe(session)) counts.others += 1;
    else counts.mine += 1;
    if (session.claimed_by === me) counts.claimed += 1;
  }
  return counts;
}

export function useCounts(): Counts {
  const me = usePreferences().name;
  const { sessions, unpaged } = useOpenSessions();
  const back = useSentBack().length;
  return useMemo(() => countsOf(sessions.values(), me, unpaged, back), [sessions, me, unpaged, back]);
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
