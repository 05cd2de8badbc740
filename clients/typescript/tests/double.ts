//! A server that keeps the contract of the real one, or breaks it where a test says so.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { parse } from "../src/json.js";
import { aResponse, aSession, type Wire } from "./wire.js";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly body: Wire;
}

type Handler = (reply: ServerResponse, request: Seen) => void;

/** Sessions in memory, with long-poll; notes what it is asked for. */
export class Double {
  readonly sessions = new Map<string, Wire>();
  readonly seen: Seen[] = [];
  /** Given instead of the next replies. */
  readonly replies: Handler[] = [];
  /** How many times the connection breaks after a session was opened. */
  opensToBreak = 0;
  /** Given to whoever reads the feed. */
  feed: Handler = (reply) => says(reply, {}, 404);
  url = "";
  #server: Server | undefined;
  #changed: (() => void)[] = [];

  static async start(t: TestContext): Promise<Double> {
    const double = new Double();
    const server = createServer((request, reply) => void double.#serve(request, reply));
    double.#server = server;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    double.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return double;
  }

  add(id: string, changes: Wire = {}): string {
    const now = Date.now();
    const times = { created_at: new Date(now).toISOString(), expires_at: new Date(now + 300_000).toISOString() };
    this.sessions.set(id, aSession(id, { ...times, ...changes }));
    return id;
  }

  close(id: string, status = "completed", changes: Wire = {}): void {
    const response = status === "completed" ? { response: aResponse(id) } : {};
    this.sessions.set(id, { ...this.sessions.get(id), status, version: 2, ...response, ...changes });
    this.#note();
  }

  /** Waits for something to be noted. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  reads(): Seen[] {
    return this.seen.filter(({ method, path }) => method === "GET" && path.startsWith("/api/sessions/"));
  }

  posts(): Seen[] {
    return this.seen.filter(({ method }) => method === "POST");
  }

  breakConnections(): void {
    this.#server?.closeAllConnections();
  }

  #note(): void {
    for (const wake of this.#changed.splice(0)) wake();
  }

  async #serve(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? "", this.url);
    const text = Buffer.concat(parts).toString();
    const body = (text ? parse(text) : {}) as Wire;
    const seen = { method: request.method ?? "", path: url.pathname, query: url.searchParams, headers: request.headers, text, body };
    this.seen.push(seen);
    this.#note();
    const id = decodeURIComponent(url.pathname.split("/")[3] ?? "");
    const next = this.replies.shift();
    if (next) next(reply, seen);
    else if (url.pathname === "/api/events") this.feed(reply, seen);
    else if (request.method === "POST" && !id) this.#open(reply);
    else if (request.method === "POST") says(reply, { success: true, session: this.sessions.get(id) });
    else await this.#read(reply, id, Number(url.searchParams.get("wait") ?? 0));
  }

  #open(reply: ServerResponse): void {
    const session_id = this.add(`session-${this.sessions.size}`);
    if (this.opensToBreak) {
      this.opensToBreak -= 1;
      reply.destroy();
      return;
    }
    says(reply, { success: true, session_id, session: this.sessions.get(session_id) });
  }

  async #read(reply: ServerResponse, id: string, wait: number): Promise<void> {
    if (!this.sessions.has(id)) return says(reply, { code: "session_not_found", success: false }, 404);
    const open = () => this.sessions.get(id)?.status === "pending";
    if (wait && open()) {
      let over = false;
      const timer = setTimeout(() => {
        over = true;
        this.#note();
      }, wait * 1000);
      timer.unref();
      await this.until(() => over || !open());
      clearTimeout(timer);
    }
    says(reply, { success: true, session: this.sessions.get(id) });
  }
}

export function says(reply: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
  reply.writeHead(status, { "Content-Type": "application/json", ...headers });
  reply.end(typeof body === "string" ? body : JSON.stringify(body));
}
