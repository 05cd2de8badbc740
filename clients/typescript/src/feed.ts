//! The feed of all changes: how it is read, and how it goes on after a break without a hole or a double.
import { steady } from "./clock.js";
import { NotAskwell } from "./errors.js";
import { Exchange } from "./exchange.js";
import type { Http } from "./http.js";
import { parse } from "./json.js";
import { refuse, Transient } from "./reply.js";
import { isObject, readSession, timeOf } from "./session.js";
import type { Event } from "./wire.js";

/** Seconds after which a quiet stream sends a comment; three of them missed mean a dead connection. */
const KEEP_ALIVE = 15;
const PATH = "/api/events";

export interface FeedOptions {
  /** A cursor; `"latest"`, the default, for what comes from now on; `"oldest"` for all that is kept. */
  after?: string;
  signal?: AbortSignal;
}

/** Reads server-sent events out of text, however it is cut. */
export class StreamReader {
  #rest = "";
  #data: string[] = [];

  /** The events that are complete with this text. */
  read(chunk: string): Event[] {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    const found: Event[] = [];
    for (const line of lines.map((raw) => raw.replace(/\r$/, ""))) {
      if (line.startsWith("data:")) this.#data.push(line.slice(5).replace(/^ /, ""));
      if (line || !this.#data.length) continue;
      found.push(readEvent(this.#data.splice(0).join("\n")));
    }
    return found;
  }
}

/** One event of the feed; `NotAskwell` if it is none. */
export function readEvent(text: string): Event {
  let event: unknown;
  try {
    event = parse(text);
  } catch {
    event = undefined;
  }
  const texts = ["cursor", "type", "session_id"];
  if (!isObject(event) || !texts.every((name) => typeof event[name] === "string") || timeOf(event.at) === undefined) {
    throw new NotAskwell("not an event of the feed");
  }
  readSession(event.session);
  return event as unknown as Event;
}

/** Gives every change after a cursor, without end. */
export async function* follow(http: Http, options: FeedOptions): AsyncGenerator<Event, void, undefined> {
  const { after = "latest", signal } = options;
  let cursor = after === "oldest" ? "" : after;
  if (after === "latest") {
    // Turned into a cursor first, or a break before the first event would leave a hole.
    const { body } = await http.send("GET", PATH, { query: { after, limit: 1 }, signal });
    if (typeof body.next_cursor !== "string") throw new NotAskwell("the feed gives no cursor");
    cursor = body.next_cursor;
  }
  for (let failures = 0, stop = 0; ; ) {
    const exchange = new Exchange(http.patience.request, signal);
    try {
      const headers = { Accept: "text/event-stream", ...(cursor && { "Last-Event-ID": cursor }) };
      const reply = await http.begin("GET", PATH, exchange, undefined, headers);
      if (reply.status !== 200) refuse(await http.read("GET", PATH, reply, exchange));
      // Something in between that says 200 to everything would be asked without end.
      if (!reply.headers.get("Content-Type")?.startsWith("text/event-stream")) throw new NotAskwell("not a stream of events");
      const reader = new StreamReader();
      for await (const text of texts(reply, exchange)) {
        // Any byte, a comment included, shows that the server is there.
        failures = 0;
        for (const event of reader.read(text)) {
          cursor = event.cursor;
          yield event;
        }
      }
      throw new Transient(new Error("the stream ended"));
    } catch (failed) {
      if (!(failed instanceof Transient)) throw failed;
      failures += 1;
      if (failures === 1) stop = steady() + http.patience.retryFor;
      await http.pause(failed, failures, stop, signal);
    } finally {
      exchange.end();
    }
  }
}

async function* texts(reply: Response, exchange: Exchange): AsyncGenerator<string, void, undefined> {
  const reader = reply.body?.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    // Counted from here on: however long the caller takes for an event, that is not the server's silence.
    exchange.allow(3 * KEEP_ALIVE);
    const part = await exchange.within(async () => reader?.read());
    if (!part || part.done) return;
    yield decoder.decode(part.value, { stream: true });
  }
}
