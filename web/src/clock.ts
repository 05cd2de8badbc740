//! The server's time, as far as this browser can know it, and what is left of a deadline.
import { useSyncExternalStore } from "react";

export const MINUTE = 60_000;
export const SOON = 20 * MINUTE;
export const LAST = MINUTE;

let offset = 0;

/** The server said `serverTime` between `sent` and now. */
export function heardTime(serverTime: string, sent = Date.now()): void {
  const theirs = Date.parse(serverTime);
  if (Number.isNaN(theirs)) return;
  const found = theirs - (sent + Date.now()) / 2;
  // Below that it is the network that is measured, not the clock.
  offset = Math.abs(found) < 250 ? 0 : found;
}

export const now = (): number => Date.now() + offset;

type Listener = () => void;

/** One timer for all who look at the same rhythm, on the beat of the server's seconds. */
function beat(period: number) {
  const listeners = new Set<Listener>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Math.floor(now() / period);
  const next = () => {
    timer = setTimeout(() => {
      last = Math.floor(now() / period);
      for (const listener of listeners) listener();
      next();
    }, period - (now() % period) + 4);
  };
  return {
    subscribe(listener: Listener) {
      listeners.add(listener);
      if (timer === undefined) {
        last = Math.floor(now() / period);
        next();
      }
      return () => {
        listeners.delete(listener);
        if (!listeners.size) {
          clearTimeout(timer);
          timer = undefined;
        }
      };
    },
    read: () => last,
  };
}

const seconds = beat(1_000);
const halfMinutes = beat(30_000);

/** Renders again as often as the remaining time is worth it. */
export function useTicking(deadline: number, running = true, within = 61 * MINUTE): number {
  const near = running && Math.abs(deadline - now()) < within;
  const rhythm = near ? seconds : halfMinutes;
  useSyncExternalStore(rhythm.subscribe, rhythm.read);
  return deadline - now();
}

export type Urgency = "far" | "soon" | "last" | "over";

export function urgency(left: number): Urgency {
  if (left <= 0) return "over";
  if (left <= LAST) return "last";
  return left <= SOON ? "soon" : "far";
}

/** At which moments the remaining time is said aloud. */
export function announcement(before: number, after: number): "5m" | "1m" | "10s" | null {
  const passes = (mark: number) => before > mark && after <= mark && after > 0;
  if (passes(10_000)) return "10s";
  if (passes(MINUTE)) return "1m";
  return passes(5 * MINUTE) ? "5m" : null;
}
