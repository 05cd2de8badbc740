//! When a wait stops by itself, whatever the server does or fails to do.
import type { Patience } from "./patience.js";
import { timeOf } from "./session.js";
import type { Session } from "./wire.js";

/** Seconds of a steady clock. */
export const steady = (): number => performance.now() / 1000;

/**
 * Stops a wait: after the caller's timeout, or some grace after the session's deadline. The deadline is measured against
 * the server's own time, so a wrong clock on this machine neither cuts a wait short nor prolongs it.
 */
export class OwnClock {
  readonly #fixed: boolean;
  readonly #grace: number;
  /** The steady instant at which it stops. */
  stopsAt: number;

  constructor(now: number, timeout: number | undefined, patience: Patience) {
    this.#fixed = timeout !== undefined;
    this.#grace = patience.grace;
    // Until the session was read once nothing is known of its deadline.
    this.stopsAt = now + (timeout ?? patience.retryFor);
  }

  /** Takes note of a session's deadline: it may have been moved. `serverTime` is in milliseconds since 1970. */
  saw(session: Session, serverTime: number, now: number): void {
    if (this.#fixed) return;
    const left = ((timeOf(session.expires_at) ?? serverTime) - serverTime) / 1000;
    this.stopsAt = now + Math.max(left, 0) + this.#grace;
  }

  /** Seconds until it stops, never negative. */
  left(now: number): number {
    return Math.max(this.stopsAt - now, 0);
  }
}
