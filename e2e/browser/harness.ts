//! The real server, the built page and a real browser. Until the binary carries the page itself, a small server here gives
//! it out with the policy that the binary will send, and passes /api and /socket.io on.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const ROOT = resolve(import.meta.dirname, "../..");
const DIST = join(ROOT, "web/dist");
const BINARY = process.env.ASKWELL_BIN ?? join(ROOT, "target/debug/askwell");
export const SHOTS = process.env.ASKWELL_SHOTS ?? join(ROOT, "target/screenshots");

export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
  "manifest-src 'self'; worker-src 'self'; media-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types askwell";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json",
};

export interface Askwell {
  url: string;
  api: string;
  /** Kills the server as a crash would. */
  crash(): Promise<void>;
  /** Starts it again on the same port and data. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => probe.once("listening", done));
  const { port } = probe.address() as { port: number };
  await new Promise((done) => probe.close(done));
  return port;
}

export async function startAskwell(): Promise<Askwell> {
  const data = mkdtempSync(join(tmpdir(), "askwell-browser-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const begin = async () => {
    child = spawn(BINARY, ["serve", "--data-dir", data, "--port", String(port)], { stdio: "ignore" });
    for (let tries = 0; tries < 200; tries += 1) {
      const ready = await fetch(`http://127.0.0.1:${port}/ready`).then((answer) => answer.ok, () => false);
      if (ready) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`${BINARY} does not get ready`);
  };
  const crash = async () => {
    const dying = child;
    if (!dying || dying.exitCode !== null) return;
    const gone = new Promise((done) => dying.once("exit", done));
    dying.kill("SIGKILL");
    await gone;
  };
  await begin();
  const front = await giveOut(port);
  return {
    url: `http://127.0.0.1:${(front.address() as { port: number }).port}`,
    api: `http://127.0.0.1:${port}/api`,
    crash,
    revive: begin,
    stop: async () => {
      await crash();
      front.closeAllConnections();
      front.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

const passedOn = (path: string) => /^\/(api|socket\.io|docs)\b/.test(path);

async function giveOut(port: number): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url ?? "/", "http://x").pathname;
    if (passedOn(path)) {
      const onward = request(
        { host: "127.0.0.1", port, path: incoming.url, method: incoming.method, headers: { ...incoming.headers, host: `127.0.0.1:${port}` } },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
          // A server that died in the middle of an answer takes the answer with it.
          answer.on("close", () => answer.complete || outgoing.destroy());
        },
      );
      onward.on("error", () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
      outgoing.on("close", () => onward.destroy());
      incoming.pipe(onward);
      return;
    }
    const file = join(DIST, path);
    const found = extname(path) && file.startsWith(DIST) && existsSync(file) ? file : extname(path) ? null : join(DIST, "index.html");
    if (!found) return void outgoing.writeHead(404).end();
    outgoing.writeHead(200, { "Content-Type": TYPES[extname(found)] ?? "application/octet-stream", "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff" });
    outgoing.end(readFileSync(found));
  });
  server.on("upgrade", (incoming: IncomingMessage, socket, head) => {
    const onward = connect(port, "127.0.0.1", () => {
      const headers = Object.entries({ ...incoming.headers, host: `127.0.0.1:${port}` }).map(([key, value]) => `${key}: ${String(value)}`);
      onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
    onward.on("close", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  });
  server.listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  return server;
}

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

export interface Look {
  language?: "zh-CN" | "en";
  theme?: "light" | "dark";
  width?: number;
  height?: number;
  name?: string;
}

/** What a page must never do, gathered while it runs. */
export interface Watched {
  page: Page;
  context: BrowserContext;
  faults: string[];
}

export async function openPage(browser: Browser, url: string, look: Look = {}): Promise<Watched> {
  const { language = "en", theme = "light", width = 1440, height = 900, name = "li.wei" } = look;
  const context = await browser.newContext({
    locale: language, colorScheme: theme, viewport: { width, height }, deviceScaleFactor: width < 861 ? 2 : 1, hasTouch: width < 861,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await context.addInitScript((name) => {
    const kept = JSON.parse(localStorage.getItem("askwell.preferences") ?? "{}") as object;
    localStorage.setItem("askwell.preferences", JSON.stringify({ name, ...kept }));
    const faults: string[] = ((globalThis as Record<string, unknown>).__faults = [] as string[]);
    addEventListener("securitypolicyviolation", (event) => faults.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
  }, name);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    // The browser itself reports answers of 4xx and 5xx, and lines that break, as errors; these are tested for what the page makes of them.
    if (message.type() === "error" && !/Failed to load resource|WebSocket connection|ERR_CONNECTION/.test(message.text())) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(url);
  return { page, context, faults };
}

export const violations = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { __faults: string[] }).__faults);

export async function ask(server: Askwell, body: unknown): Promise<{ session_id: string; content_hash: string }> {
  const answer = await fetch(`${server.api}/sessions`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const told = (await answer.json()) as { session: { session_id: string; content_hash: string }; detail?: string; errors?: unknown };
  if (!answer.ok) throw new Error(`${told.detail} ${JSON.stringify(told.errors)}`);
  return told.session;
}

export const read = async (server: Askwell, id: string) =>
  ((await (await fetch(`${server.api}/sessions/${id}`)).json()) as { session: Record<string, never> & { status: string; response: { response_data: unknown; comment: string | null; user_id: string } | null } }).session;

export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
