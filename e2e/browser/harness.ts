//! The real program with its page, and a real browser.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
export const BINARY = process.env.ASKWELL_BIN ?? join(ROOT, "target/debug/askwell");
export const SHOTS = process.env.ASKWELL_SHOTS ?? join(ROOT, "target/screenshots");

export interface Askwell {
  url: string;
  api: string;
  /** What it has printed so far. */
  said(): string;
  /** Kills the server as a crash would. */
  crash(): Promise<void>;
  /** Starts it again on the same port and data. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

/** Where it says that it listens, once it does. */
function listening(child: ChildProcess, heard: (chunk: string) => string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      const found = /page +(http:\/\/127\.0\.0\.1:\d+)/.exec(heard(chunk.toString()));
      if (found?.[1]) resolve(found[1]);
    });
    child.stderr?.on("data", (chunk: Buffer) => void heard(chunk.toString()));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${BINARY} ended with ${code}:\n${heard("")}`)));
  });
}

export const startAskwell = (...args: string[]): Promise<Askwell> => startIn(mkdtempSync(join(tmpdir(), "askwell-browser-")), ...args);

/** Starts it on a folder, which goes with it. */
export async function startIn(data: string, ...args: string[]): Promise<Askwell> {
  let child: ChildProcess | undefined;
  let said = "";
  const begin = async (port: string) => {
    child = spawn(BINARY, ["serve", "--data-dir", data, "--port", port, ...args], { cwd: data, stdio: ["ignore", "pipe", "pipe"] });
    return listening(child, (chunk) => (said += chunk));
  };
  const crash = async () => {
    const dying = child;
    if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
    const gone = new Promise((done) => dying.once("exit", done));
    dying.kill("SIGKILL");
    await gone;
  };
  const url = await begin("0");
  return {
    url,
    api: `${url}/api`,
    said: () => said,
    crash,
    revive: async () => void (await begin(new URL(url).port)),
    stop: async () => {
      await crash();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The browser that is there, under the names that systems give it. */
const CHROMIUM = process.env.CHROMIUM ?? ["chromium", "chromium-browser", "google-chrome"].map((name) => `/usr/bin/${name}`).find(existsSync);

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM ?? "chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** What the tests of one file share; there once `serve` has been called and its tests run. */
export let server: Askwell;
export let browser: Browser;

/** Starts a server and a browser before the tests of this file, and ends both after them. */
export function serve(): void {
  beforeAll(async () => {
    [server, browser] = await Promise.all([startAskwell(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
}

export interface Look {
  language?: "zh-CN" | "en";
  theme?: "light" | "dark";
  width?: number;
  height?: number;
  name?: string;
  motion?: "reduce" | "no-preference";
}

/** What a page must never do, gathered while it runs. */
export interface Watched {
  page: Page;
  context: BrowserContext;
  faults: string[];
}

export async function openPage(browser: Browser, url: string, look: Look = {}, prepare?: (page: Page) => Promise<unknown>): Promise<Watched> {
  const { language = "en", theme = "light", width = 1440, height = 900, name = "li.wei", motion = "no-preference" } = look;
  const context = await browser.newContext({
    locale: language, colorScheme: theme, reducedMotion: motion, viewport: { width, height }, deviceScaleFactor: width < 861 ? 2 : 1, hasTouch: width < 861,
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
  await prepare?.(page);
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
  ((await (await fetch(`${server.api}/sessions/${id}`)).json()) as { session: Record<string, never> & { status: string; expires_at: string; claimed_by: string | null; response: { response_data: unknown; comment: string | null; user_id: string } | null } }).session;

export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
