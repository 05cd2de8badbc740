//! In which order rows stand. Invariant: while somebody points at the list nothing moves; who arrives then waits, and
//! who is answered stays, greyed, until one leaves.
import { isOpen, type Session } from "../../api/types";
import { SOON } from "../../clock";

export interface Arrangement {
  soon: string[];
  rest: string[];
  /** Arrived while the list was in use: behind the pill. */
  held: string[];
  /** Sessions younger than this arrived; older ones were only paged in. */
  since: number;
}

export interface Known {
  sessions: ReadonlyMap<string, Session>;
  /** Nobody points at the list, has it scrolled or has focus in it. */
  calm: boolean;
  now: number;
}

const deadline = (session: Session) => Date.parse(session.expires_at);
const isSoon = (session: Session | undefined, now: number) => !!session && deadline(session) - now <= SOON;

export function arrange(previous: Arrangement | null, { sessions, calm, now }: Known): Arrangement {
  if (!previous) {
    const ids = [...sessions.values()].filter(isOpen).sort((a, b) => deadline(a) - deadline(b)).map((each) => each.session_id);
    const soon = ids.filter((id) => isSoon(sessions.get(id), now));
    return { soon, rest: ids.slice(soon.length), held: [], since: now };
  }
  const placed = new Set([...previous.soon, ...previous.rest, ...previous.held]);
  const fresh = [...sessions.values()].filter((each) => isOpen(each) && !placed.has(each.session_id));
  const arrived = fresh.filter((each) => Date.parse(each.created_at) >= previous.since);
  const paged = fresh.filter((each) => Date.parse(each.created_at) < previous.since);

  let { soon, rest } = previous;
  let held = previous.held.filter((id) => {
    const session = sessions.get(id);
    return session && isOpen(session);
  });
  if (held.length === previous.held.length) held = previous.held;

  // Paged in below: these push nobody around.
  if (paged.length) rest = [...rest, ...paged.sort((a, b) => deadline(a) - deadline(b)).map((each) => each.session_id)];

  const incoming = arrived.map((each) => each.session_id);
  if (!calm) {
    if (incoming.length) held = [...incoming, ...held];
  } else if (incoming.length || held.length) {
    ({ soon, rest } = release({ soon, rest, held: [...incoming, ...held] }, sessions, now));
    held = [];
  }
  if (calm) {
    const crossed = rest.filter((id) => isSoon(sessions.get(id), now));
    if (crossed.length) {
      soon = [...soon, ...crossed];
      rest = rest.filter((id) => !crossed.includes(id));
    }
    const extended = soon.filter((id) => sessions.has(id) && !isSoon(sessions.get(id), now));
    if (extended.length) {
      rest = [...extended, ...rest];
      soon = soon.filter((id) => !extended.includes(id));
    }
  }
  return soon === previous.soon && rest === previous.rest && held === previous.held
    ? previous
    : { ...previous, soon, rest, held };
}

/** Lets in whoever waits behind the pill, at the top of where they belong. */
export function release(
  { soon, rest, held }: Pick<Arrangement, "soon" | "rest" | "held">,
  sessions: ReadonlyMap<string, Session>,
  now: number,
): Pick<Arrangement, "soon" | "rest" | "held"> {
  const urgent = held.filter((id) => isSoon(sessions.get(id), now));
  return {
    soon: [...urgent, ...soon],
    rest: [...held.filter((id) => !urgent.includes(id)), ...rest],
    held: [],
  };
}
