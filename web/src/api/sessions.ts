//! Reading and changing sessions. Neighbours: `feed.ts` writes what it hears into the same cache.
import { QueryClient, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, taken } from "./client";
import { parseSession } from "./exact";
import { Problem } from "./problem";
import type { components } from "./schema";
import { type HistoryEvent, isOpen, type Session } from "./types";

export const PAGE = 200;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal stays one; only what could not be reached is tried again.
      retry: (failures, error) => failures < 2 && error instanceof Problem && error.status >= 500,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

export interface ListFilter {
  statuses: ("open" | Session["status"])[];
  q?: string;
  kind?: string;
  workflow?: string;
  after?: string;
  before?: string;
  sort: "expires_at" | "-updated_at";
}

export const listKey = (filter: ListFilter) => ["sessions", filter] as const;

export async function fetchPage(filter: ListFilter, cursor: string | undefined, signal?: AbortSignal, limit = PAGE) {
  const open = filter.statuses.includes("open");
  return taken(
    api.GET("/api/sessions", {
      params: {
        query: {
          status: open ? ["pending", "active"] : (filter.statuses as Session["status"][]),
          q: filter.q || undefined,
          interaction_type: filter.kind ? [filter.kind] : undefined,
          workflow_id: filter.workflow || undefined,
          created_after: filter.after || undefined,
          created_before: filter.before || undefined,
          sort: filter.sort,
          limit,
          cursor,
        },
      },
      signal,
    }),
  );
}

export const listOf = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: listKey(filter),
    queryFn: ({ pageParam, signal }) => fetchPage(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** A session as some list already shows it, so that opening it needs no waiting. */
function listed(id: string): Session | undefined {
  for (const [, pages] of queries.getQueriesData<{ pages?: { sessions: Session[] }[] }>({ queryKey: ["sessions"] })) {
    const found = pages?.pages?.flatMap((page) => page.sessions).find((each) => each.session_id === id);
    if (found) return found;
  }
  return undefined;
}

export const sessionOf = (id: string) =>
  queryOptions<Session, Error, Session, string[]>({
    queryKey: ["session", id],
    placeholderData: (): Session | undefined => listed(id),
    queryFn: async ({ signal }): Promise<Session> =>
      (parseSession(await taken(api.GET("/api/sessions/{session_id}", { params: { path: { session_id: id } }, signal, parseAs: "text" }))) as { session: Session })
        .session,
    // Whether somebody still waits is news of no event; while one looks, it is asked anew.
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? 20_000 : false),
  });

export const historyOf = (id: string) =>
  queryOptions({
    queryKey: ["session", id, "history"],
    queryFn: async ({ signal }) =>
      (await taken(api.GET("/api/sessions/{session_id}/events", { params: { path: { session_id: id } }, signal })))
        .events as HistoryEvent[],
  });

export interface Given {
  response: unknown;
  comment: string;
  user_id: string;
  content_hash: string;
  /** A fresh proof by passkey, where one is asked for. */
  assertion?: { state: string; credential: unknown };
}

const at = (id: string) => ({ path: { session_id: id } });

export async function respond(id: string, given: Given): Promise<Session> {
  const { comment, ...rest } = given;
  const body = { ...rest, response: rest.response, ...(comment.trim() ? { comment: comment.trim() } : {}) };
  const done = await taken(
    api.POST("/api/sessions/{session_id}/respond", { params: at(id), body }),
  );
  return done.session as Session;
}

/** One answer to several; a result for each, in order. */
export const respondMany = async (responses: components["schemas"]["RespondManyItem"][]) =>
  (await taken(api.POST("/api/sessions/respond-many", { body: { responses } }))).results;

/** `override`: also from somebody else's hands. */
export const claim = async (id: string, user: string, override?: true) =>
  (await taken(api.POST("/api/sessions/{session_id}/claim", { params: at(id), body: { user_id: user, ...(override ? { override } : {}) } as { user_id: string } }))).session;

export const release = async (id: string, user: string) =>
  (await taken(api.POST("/api/sessions/{session_id}/release", { params: at(id), body: { user_id: user } }))).session;

export const extend = async (id: string, seconds: number, user: string) =>
  (await taken(api.POST("/api/sessions/{session_id}/extend", { params: at(id), body: { seconds, user_id: user } }))).session;

export const cancel = async (id: string, reason: string, user: string) =>
  (
    await taken(
      api.POST("/api/sessions/{session_id}/cancel", { params: at(id), body: { reason, user_id: user } }),
    )
  ).session;
