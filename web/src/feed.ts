//! What the server tells unasked. Job: hold one line open (Socket.IO, else a stream of events, else asking again),
//! pass changes on, and know whether we are connected. Invariant: a change is a hint; whenever the line begins to hold,
//! the first time, too, everything is fetched anew. Neighbours: `feed/` has the lines, `arrivals.ts` writes changes into the cache.
import { useSyncExternalStore } from "react";
import type { Session } from "./api/types";
import { openLine } from "./feed/line";

export interface Change {
  type: string;
  session: Session;
}

export interface Viewer {
  name: string;
  since: string;
}

export interface FeedState {
  connected: boolean;
  /** When the line broke; null while it holds. */
  since: number | null;
  /** When we last knew that what is shown is what is. */
  fresh: number;
  presence: ReadonlyMap<string, readonly Viewer[]>;
}

type Listener = (change: Change) => void;

let state: FeedState = { connected: false, since: Date.now(), fresh: Date.now(), presence: new Map() };
const watchers = new Set<() => void>();
const listeners = new Set<Listener>();
const starts = new Set<() => void>();
const losses = new Set<() => void>();
let everConnected = false;

function set(change: Partial<FeedState>): void {
  state = { ...state, ...change };
  for (const watcher of watchers) watcher();
}

/** What a line tells us. */
export const heard = {
  change(change: Change): void {
    for (const listener of listeners) listener(change);
  },
  presence(id: string, viewers: Viewer[]): void {
    const next = new Map(state.presence);
    if (viewers.length) next.set(id, viewers);
    else next.delete(id);
    set({ presence: next });
  },
  connected(): void {
    const begins = !state.connected;
    everConnected = true;
    if (!begins) return;
    set({ connected: true, since: null, fresh: Date.now() });
    for (const listener of starts) listener();
  },
  lost(): void {
    if (!state.connected && state.since !== null) return;
    set({ connected: false, since: Date.now(), fresh: Date.now() });
    for (const listener of losses) listener();
  },
};

export type Heard = typeof heard;

let line: ReturnType<typeof openLine> | undefined;
let looked: { id: string | null; name: string } = { id: null, name: "" };

export function startFeed(): void {
  line ??= openLine(heard, () => looked);
}

/** Ends the line: whoever it was for has gone. */
export function stopFeed(): void {
  line?.close();
  line = undefined;
  set({ connected: false, since: Date.now(), presence: new Map() });
}

/** Tells others which request is being looked at here. */
export function viewing(id: string | null, name: string): void {
  looked = { id, name };
  line?.viewing();
}

export const onChange = (listener: Listener): (() => void) => (listeners.add(listener), () => listeners.delete(listener));

/** Runs when the line begins to hold: what happened before has not been told. */
export const onConnected = (listener: () => void): (() => void) => (starts.add(listener), () => starts.delete(listener));

/** Whether there was a line and it broke. */
export const isLost = (): boolean => everConnected && !state.connected;

/** Runs when the line breaks. */
export const onLost = (listener: () => void): (() => void) => (losses.add(listener), () => losses.delete(listener));

export const useFeed = (): FeedState =>
  useSyncExternalStore(
    (watcher) => (watchers.add(watcher), () => watchers.delete(watcher)),
    () => state,
  );
