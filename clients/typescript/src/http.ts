//! HTTP exchanges with the server: one try, and as many tries as time allows.
import { steady } from "./clock.js";
import type { Credential } from "./credential.js";
import { AskwellError, Unreachable } from "./errors.js";
import { Exchange } from "./exchange.js";
import { write } from "./json.js";
import { type Patience, pauseAfter } from "./patience.js";
import { type RawReply, type Reply, refuse, Transient, understand } from "./reply.js";
import { USER_AGENT } from "./version.js";

/** Seconds that a try may take when there is no time left. */
const LAST_TRY = 1;
/** Milliseconds; a longer timer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export type Query = Record<string, string | number | readonly (string | number)[] | undefined>;

export interface Request {
  readonly body?: object;
  readonly query?: Query;
  /** For how many seconds the server is asked to keep the request. */
  readonly hold?: number;
  /** The steady instant of the last try. */
  readonly giveUpAt?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The server's REST API. */
export class Http {
  readonly patience: Patience;
  readonly #base: string;
  readonly #credential: Credential;
  readonly #headers: Record<string, string> = {};
  readonly #fetch: typeof fetch;

  constructor(base: string, credential: Credential, language: string | undefined, patience: Patience, own: typeof fetch) {
    this.#base = address(base);
    this.#credential = credential;
    this.patience = patience;
    this.#fetch = own;
    if (language) this.#headers["Accept-Language"] = language;
    // A browser says its own, and would ask the server whether this one may be sent.
    if (!("document" in globalThis)) this.#headers["User-Agent"] = USER_AGENT;
  }

  /**
   * Exchanges, again and again while it fails in passing and until `giveUpAt`. Only for what may safely be sent twice,
   * which is every call that this client makes.
   */
  async send(method: string, path: string, request: Request = {}): Promise<Reply> {
    const { hold, signal } = request;
    const stop = request.giveUpAt ?? steady() + this.patience.retryFor;
    const data = request.body && write(request.body);
    const query = { ...request.query };
    return this.#untilItWorks(stop, signal, async () => {
      const left = stop - steady();
      if (hold !== undefined) query.wait = Math.max(Math.min(hold, left), 0);
      // A server that hangs does not hold up the caller for longer than a dead one.
      const limit = Math.max(Math.min((hold ?? 0) + this.patience.request, left), LAST_TRY);
      return understand(await this.#whole(method, path + written(query), limit, signal, data));
    });
  }

  /** Fetches a file's content. */
  async download(path: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#untilItWorks(steady() + this.patience.retryFor, signal, async () => {
      const raw = await this.#whole("GET", path, this.patience.request, signal);
      return raw.status === 200 ? raw.content : refuse(raw);
    });
  }

  /** Begins one try. Whoever calls reads the reply in `exchange`, and ends that. */
  async begin(
    method: string,
    path: string,
    exchange: Exchange,
    data?: string,
    headers?: Record<string, string>,
  ): Promise<Response> {
    const given = { ...this.#headers, ...(await this.#credential.header()), ...headers };
    // Refused here with a `TypeError`: from `fetch` that is what a network says that is down, too.
    new Headers(given);
    return exchange.within(() =>
      this.#fetch(this.#base + path, {
        method,
        headers: data === undefined ? given : { ...given, "Content-Type": "application/json" },
        ...(data !== undefined && { body: data }),
        // Not followed: a redirect would turn a POST into a GET, and an answer into somebody else's.
        redirect: "manual",
        // A cookie of the page is not the token of the program.
        credentials: "omit",
        cache: "no-store",
        signal: exchange.signal,
      }),
    );
  }

  /** Reads a reply to its end. */
  async read(method: string, path: string, reply: Response, exchange: Exchange): Promise<RawReply> {
    const content = await exchange.read(reply);
    return { request: `${method} ${this.#base}${path}`, isRead: method === "GET", status: reply.status, headers: reply.headers, content };
  }

  /** Waits before the next try, the last of which is at `stop`; after that gives up by throwing. */
  async pause(failed: Transient, failures: number, stop: number, signal?: AbortSignal): Promise<void> {
    const left = stop - steady();
    if (left <= 0) {
      if (failed.failure instanceof AskwellError) throw failed.failure;
      throw new Unreachable(`${this.#base} could not be reached: ${failed.message}`, { cause: failed.failure });
    }
    const pause = Math.max(pauseAfter(this.patience, failures, Math.random()), failed.retryAfter);
    await sleep(Math.min(pause, left), signal);
  }

  async #whole(
    method: string,
    path: string,
    limit: number,
    signal?: AbortSignal,
    data?: string,
  ): Promise<RawReply> {
    const exchange = new Exchange(limit, signal);
    try {
      return await this.read(method, path, await this.begin(method, path, exchange, data), exchange);
    } finally {
      exchange.end();
    }
  }

  async #untilItWorks<T>(stop: number, signal: AbortSignal | undefined, attempt: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await attempt();
      } catch (failed) {
        if (!(failed instanceof Transient)) throw failed;
        await this.pause(failed, failures, stop, signal);
      }
    }
  }
}

/** The path of a session; whatever the id holds, it stays one segment. */
export const sessionPath = (id: string): string => `/api/sessions/${segment(id)}`;

/** An id as a segment of a path. */
export function segment(id: string): string {
  // These would be taken for a step within the path.
  if (["", ".", ".."].includes(id)) throw new TypeError(`"${id}" is no id`);
  return encodeURIComponent(id);
}

/** Waits so many seconds; throws the signal's reason if it is aborted before. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, Math.min(seconds * 1000, LONGEST_TIMER));
    signal?.addEventListener("abort", stop, { once: true });
  });
}

export function written(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of value === undefined ? [] : [value].flat()) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

function address(base: string): string {
  const page = (globalThis as { location?: { href: string } }).location?.href;
  // Wrong addresses are told here: once in a request they look like a network that is down.
  const url = new URL(base, page);
  if (!/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new TypeError(`the server's address is http:// or https://, without a name and password in it`);
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}
