//! The TypeScript client, as it is packed, in a page of another origin.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { browser, serve, server } from "./harness";

const PACKAGE = resolve(import.meta.dirname, "../javascript/node_modules/@askwell/client/dist");

const PAGE = '<!doctype html><title>Agent</title><script type="module">import * as client from "/index.js"; window.client = client;</script>';

let other: Server;
let origin: string;

serve();
beforeAll(async () => {
  other = createServer((request, reply) => {
    const script = request.url?.endsWith(".js");
    reply.writeHead(200, { "Content-Type": script ? "text/javascript" : "text/html" });
    reply.end(script ? readFileSync(join(PACKAGE, request.url!.slice(1))) : PAGE);
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
});
afterAll(() => void other.close());

it("asks, waits through a crash, follows and cancels", async () => {
  const page = await browser.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => "client" in globalThis);
  const asked = page.evaluate(async (url) => {
    const { Askwell, confirmation } = (globalThis as unknown as { client: typeof import("../../clients/typescript/src/index") }).client;
    const askwell = new Askwell(url, { patience: { firstRetry: 0.05, longestRetry: 0.2 } });
    const withdrawn = await askwell.open(confirmation("Withdraw this"));
    await askwell.cancel(withdrawn.session_id, "not any more");
    const none = await askwell.wait(withdrawn.session_id).catch((error: Error) => error.name);
    const first = await askwell.events({ after: "oldest" }).next();
    const said = await askwell.confirm("Deploy from a page?", { timeout: 600 });
    return { none, first: first.value?.type, said };
  }, server.url);
  const open = async () => {
    for (;;) {
      const { sessions } = (await (await fetch(`${server.api}/sessions`)).json()) as { sessions: { session_id: string; interaction_data: { title: string } }[] };
      // Not the one that is about to be withdrawn.
      const found = sessions.find((session) => session.interaction_data.title === "Deploy from a page?");
      if (found) return found.session_id;
    }
  };
  const id = await open();
  await server.crash();
  await server.revive();
  const body = JSON.stringify({ response: { choice: "confirm" } });
  const headers = { "Content-Type": "application/json" };
  expect((await fetch(`${server.api}/sessions/${id}/respond`, { method: "POST", headers, body })).status).toBe(200);
  expect(await asked).toEqual({ none: "Cancelled", first: "opened", said: true });
  await page.context().close();
});
