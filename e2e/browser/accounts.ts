//! A server with accounts and people on it. `ASKWELL_DOUBLE=1` takes the stand-in, for work on the page alone.
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { startDouble } from "./accounts-double";
import { BINARY, startIn } from "./harness";

export interface NewPerson {
  login: string;
  name?: string;
  groups?: string[];
  admin?: boolean;
  password?: string;
}

export interface WithAccounts {
  url: string;
  api: string;
  /** Of the link that a server without people prints. */
  setupSecret: string;
  stop(): Promise<void>;
}

export const DOUBLE = process.env.ASKWELL_DOUBLE === "1";

/** Many sign in here within a minute, all from one address; who tests the limits asks for the usual ones. */
const UNLIMITED = "limits:\n  login_per_account: 0\n  login_per_address: 0\n  guests_per_address: 0\n";

/** Without people: a server that waits for its first. */
export async function startWithAccounts(people: NewPerson[], limits: "none" | "usual" = "none"): Promise<WithAccounts> {
  if (DOUBLE) return startDouble(people, people.length === 0);
  const data = mkdtempSync(join(tmpdir(), "askwell-accounts-"));
  const config = join(data, "config.yaml");
  writeFileSync(config, `security:\n  enable_auth: true\n  auth_method: password\n${limits === "none" ? UNLIMITED : ""}`);
  for (const { login, name, groups = [], admin, password } of people) {
    const args = ["user", "add", login, "--config", config, "--data-dir", data, "--password-stdin", ...(name ? ["--name", name] : []), ...(admin ? ["--admin"] : []), ...groups.flatMap((group) => ["--group", group])];
    const done = spawnSync(BINARY, args, { input: `${password}\n`, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`askwell ${args.join(" ")} ended with ${done.status}:\n${done.stdout}${done.stderr}`);
  }
  const server = await startIn(data, "--config", config);
  // By name: passkeys exist under a name only.
  const url = server.url.replace("127.0.0.1", "localhost");
  return { url, api: `${url}/api`, setupSecret: /\/setup#(\S+)/.exec(server.said())?.[1] ?? "", stop: server.stop };
}

/** Signs in through the page. */
export async function signIn(page: Page, login: string, password: string): Promise<void> {
  await page.locator("input[name=username]").fill(login);
  await page.locator("input[name=password]").fill(password);
  await page.locator("form button[type=submit]").click();
  await page.waitForURL((url) => url.pathname !== "/login");
}

type Body = Record<string, unknown>;

/** Calls the API as whoever is signed in in this browser. */
export async function as(context: BrowserContext, server: WithAccounts, method: string, path: string, body?: Body): Promise<Body> {
  const answer = await context.request.fetch(server.api + path, { method, headers: { Origin: server.url, "Sec-Fetch-Site": "same-origin" }, ...(body ? { data: body } : {}) });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return (await answer.json()) as Body;
}

/** Opens a session with a token. */
export async function askWith(server: WithAccounts, token: string, body: Body): Promise<string> {
  const answer = await fetch(`${server.api}/sessions`, { method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` }, body: JSON.stringify(body) });
  const told = (await answer.json()) as { session?: { session_id: string }; detail?: string };
  if (!told.session) throw new Error(`${answer.status} ${told.detail}`);
  return told.session.session_id;
}
