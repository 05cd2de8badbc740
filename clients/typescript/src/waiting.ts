//! Waits for the outcome of one session, by long-poll.
import { OwnClock, steady } from "./clock.js";
import { NotAskwell, Problem, Unreachable } from "./errors.js";
import { type Http, sessionPath, sleep } from "./http.js";
import { Outcome, outcomeOf } from "./outcome.js";
import { pauseAfter } from "./patience.js";
import { isTransient } from "./reply.js";
import { isOpen, readSession } from "./session.js";
import type { Session } from "./wire.js";

export interface WaitOptions {
  /** Stops this wait after so many seconds. Without it, some grace after the session's deadline. */
  timeout?: number;
  /** Ends the call. The session stays open: `cancel` withdraws a question. */
  signal?: AbortSignal;
}

/**
 * Waits until the session is closed, or until this wait's own clock stops it. `opened` is the session as it was opened:
 * what is answered must then be what was asked.
 */
export async function waitForOutcome(http: Http, id: string, options: WaitOptions, opened?: Session): Promise<Outcome> {
  const { patience } = http;
  const { signal } = options;
  const clock = new OwnClock(steady(), options.timeout, patience);
  let session = opened;
  for (let early = 0; ; ) {
    const asked = steady();
    const hold = Math.min(patience.longPoll, clock.left(asked));
    let reply;
    try {
      reply = await http.send("GET", sessionPath(id), { hold, giveUpAt: clock.stopsAt, signal });
    } catch (gone) {
      const over = gone instanceof Unreachable || (gone instanceof Problem && isTransient(gone.status, true));
      if (over) return new Outcome(id, session, undefined, gone);
      throw gone;
    }
    session = readSession(reply.body.session);
    checkIdentity(session, id, opened);
    if (!isOpen(session)) return outcomeOf(session);
    const now = steady();
    clock.saw(session, reply.serverTime, now);
    const left = clock.left(now);
    if (left <= 0) return new Outcome(id, session);
    // Told early that it is still open, as a server does that stops: not asked again at once.
    early = now - asked < hold / 2 ? early + 1 : 0;
    if (early) await sleep(Math.min(pauseAfter(patience, early, Math.random()), left), signal);
  }
}

function checkIdentity(session: Session, id: string, opened: Session | undefined): void {
  if (session.session_id !== id) throw new NotAskwell(`asked for session ${id}, got ${session.session_id}`);
  if (opened && session.content_hash !== opened.content_hash) {
    throw new NotAskwell(`session ${id} does not ask any more what was asked when it was opened`);
  }
}
