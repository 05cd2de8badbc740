//! How long the client tries, and how it spaces its tries. All in seconds, as on the wire.

/** Every duration that the client knows. The defaults suit a server across the internet. */
export interface Patience {
  /** How long any call but a wait goes on trying to reach the server; a wait has its own clock. 60 */
  readonly retryFor: number;
  /** How long after its deadline a session may still be told as open before a wait gives up. 30 */
  readonly grace: number;
  /** How long one exchange may take, beyond the time for which the server was asked to hold it. 15 */
  readonly request: number;
  /** For how long the server is asked to hold a request. 30 */
  readonly longPoll: number;
  /** Pause before the first repetition; each later one is twice as long. 0.2 */
  readonly firstRetry: number;
  /** 5 */
  readonly longestRetry: number;
}

export const PATIENCE: Patience = { retryFor: 60, grace: 30, request: 15, longPoll: 30, firstRetry: 0.2, longestRetry: 5 };

/** Pause after so many failures in a row (1, 2, …). `chance` in [0, 1) spreads many clients. */
export function pauseAfter(patience: Patience, failures: number, chance: number): number {
  return Math.min(patience.longestRetry, patience.firstRetry * 2 ** (failures - 1)) * (0.5 + 0.5 * chance);
}
