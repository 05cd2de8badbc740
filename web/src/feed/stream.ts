import type { Heard } from "../feed";
import type { Session } from "../api/types";
import type { Line } from "./line";

const TYPES = ["opened", "claimed", "released", "assigned", "delegated", "candidates_set", "extended", "answered", "timed_out", "cancelled", "failed"];
const AGAIN = 2_000;

interface Told {
  type: string;
  session: Session;
}

/** The stream of events: what a server without sockets, or a proxy that breaks them, leaves us. */
export function openStream(heard: Heard): Line {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const open = () => {
    source = new EventSource("/api/events?after=latest");
    source.onopen = () => heard.connected();
    source.onerror = () => {
      heard.lost();
      // The browser tries again by itself unless the server answered something else than a stream.
      if (source?.readyState === EventSource.CLOSED && !closed) timer = setTimeout(open, AGAIN);
    };
    for (const type of TYPES) {
      source.addEventListener(type, (event) => {
        const told = JSON.parse((event as MessageEvent<string>).data) as Told;
        if (told.session) heard.change({ type: told.type ?? type, session: told.session });
      });
    }
  };

  open();
  return {
    viewing: () => undefined,
    close: () => {
      closed = true;
      clearTimeout(timer);
      source?.close();
    },
  };
}
