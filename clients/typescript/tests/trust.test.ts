//! Nothing that a broken, wrong or hostile server says is ever an answer.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { Askwell, AskwellError, confirmation, NotAskwell, Problem, TimedOut, Unanswered, Unreachable } from "../src/index.js";
import { Double, says } from "./double.js";
import { aSession, completed, type Wire } from "./wire.js";

const QUICK = { firstRetry: 0.01, longestRetry: 0.02 };
/** Gives up soon: only for what is not to succeed. */
const SOON = { ...QUICK, retryFor: 0.1, request: 0.2 };
const NOWHERE = "http://127.0.0.1:9";

const session = (wire: unknown, more: Wire = {}) => (reply: ServerResponse) => says(reply, { success: true, session: wire, ...more });

describe("a reply that cannot be trusted throws", () => {
  const replies: Record<string, [(reply: ServerResponse) => void, typeof NotAskwell | typeof Problem]> = {
    "a page to sign in at": [(reply) => says(reply, "<html>Log in</html>"), NotAskwell],
    "a list": [(reply) => says(reply, ["confirm"]), NotAskwell],
    "no success": [(reply) => says(reply, { session: completed("a") }), NotAskwell],
    "success in words": [(reply) => says(reply, { success: "true", session: completed("a") }), NotAskwell],
    "no session": [session(null), NotAskwell],
    "another session": [session(completed("b")), NotAskwell],
    "an unknown status": [session({ ...completed("a"), status: "approved" }), NotAskwell],
    "a default as a completion": [session(completed("a", { source: "timeout" })), NotAskwell],
    "a completion without response": [session({ ...completed("a"), response: null }), NotAskwell],
    "a redirect": [(reply) => says(reply, "", 302, { Location: "/api/sessions/b" }), NotAskwell],
    "a refusal of something in between": [(reply) => says(reply, "no", 403), NotAskwell],
    "a refusal": [(reply) => says(reply, { code: "forbidden", status: 403 }, 403), Problem],
    "another success": [(reply) => says(reply, { success: true, session: completed("a") }, 201), NotAskwell],
    "bytes that are no text": [(reply) => reply.end(Buffer.from([0x7b, 0xff, 0x7d])), NotAskwell],
  };
  for (const [name, [give, kind]] of Object.entries(replies)) {
    test(name, async (t) => {
      const double = await Double.start(t);
      double.add("b");
      double.close("b");
      double.replies.push(give);
      await assert.rejects(new Askwell(double.url).wait("a"), kind);
      assert.equal(double.seen.length, 1);
    });
  }
});

test("what was answered is what was asked", async (t) => {
  const double = await Double.start(t);
  const waiting = new Askwell(double.url).ask(confirmation("T"));
  const refused = assert.rejects(waiting, /what was asked/);
  await double.until(() => double.reads().length === 1);
  double.close("session-0", "completed", { content_hash: "another" });
  await refused;
});

test("what is answered has the form of its kind", async (t) => {
  const double = await Double.start(t);
  for (const response_data of [null, "confirm", {}, { choice: null }, { choice: ["confirm"] }, { choice: {} }]) {
    double.replies.push(session(completed("a", { response_data })));
    await assert.rejects(new Askwell(double.url).ask(confirmation("T")), NotAskwell);
  }
});

test("a server that is gone never answers", async () => {
  const askwell = new Askwell(NOWHERE, { patience: SOON });
  await assert.rejects(askwell.ask(confirmation("T")), Unreachable);
  await assert.rejects(askwell.confirm("T"), Unreachable);
  await assert.rejects(askwell.wait("a", { timeout: 0.05 }), (error: Error) => {
    assert.ok(error instanceof TimedOut && error.cause instanceof Unreachable);
    assert.equal(error.session, undefined);
    return true;
  });
  await assert.rejects(askwell.wait("a"), Unanswered);
  const found = await askwell.outcome("a", { timeout: 0.05 });
  assert.deepEqual([found.answer, found.status], [undefined, "unknown"]);
});

test("a server that hangs never answers", async (t) => {
  const server = createServer((socket) => void socket.resume()).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const askwell = new Askwell(`http://127.0.0.1:${port}`, { patience: SOON });
  await assert.rejects(askwell.wait("a", { timeout: 0.05 }), TimedOut);
  await assert.rejects(askwell.get("a"), Unreachable);
});

test("what passes is tried again", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(double.url, { patience: QUICK });
  const busy = { code: "overloaded", status: 503, detail: "Try again." };
  const unwell = (status: number, body: unknown = "") => (reply: ServerResponse) => says(reply, body, status, { "Retry-After": "0" });
  double.add("a");
  double.replies.push(unwell(503, busy), unwell(502), unwell(500), unwell(429), (reply) => reply.destroy());
  assert.equal((await askwell.get("a")).status, "pending");
  double.replies.push(...Array.from({ length: 100 }, () => unwell(503, busy)));
  const hasty = new Askwell(double.url, { patience: SOON });
  await assert.rejects(hasty.get("a"), { name: "Problem", status: 503, code: "overloaded", detail: "Try again." });
  await assert.rejects(hasty.wait("a", { timeout: 0.05 }), TimedOut);
});

test("Retry-After is kept to", async (t) => {
  const double = await Double.start(t);
  double.add("a");
  double.replies.push((reply) => says(reply, { code: "too_many_requests", status: 429 }, 429, { "Retry-After": "1" }));
  const asked = performance.now();
  await new Askwell(double.url, { patience: { firstRetry: 0.001 } }).get("a");
  assert.ok(performance.now() - asked >= 990);
});

test("a wait goes on through connections that break", async (t) => {
  const double = await Double.start(t);
  const waiting = new Askwell(double.url, { patience: QUICK }).ask(confirmation("T"));
  for (const count of [1, 2, 3]) {
    await double.until(() => double.reads().length === count);
    double.breakConnections();
  }
  await double.until(() => double.reads().length === 4);
  double.close("session-0");
  assert.equal((await waiting).user_id, "li.wei");
});

test("a server that never holds a request is not asked without a pause", async (t) => {
  const double = await Double.start(t);
  const told: ((reply: ServerResponse) => void)[] = Array.from({ length: 5 }, () => session(aSession("a", { expires_at: "2999-01-01T00:00:00Z" })));
  double.replies.push(...told, session(completed("a")));
  const asked = performance.now();
  await new Askwell(double.url, { patience: { firstRetry: 0.02 } }).wait("a");
  assert.ok(performance.now() - asked >= 10 + 20 + 40 + 80 + 160);
});

test("a draft that is sent twice has one key", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(double.url, { patience: QUICK });
  double.opensToBreak = 1;
  await askwell.open(confirmation("T"), { timeout: 60 });
  const [first, second] = double.posts();
  assert.equal(first?.text, second?.text);
  assert.ok(first?.body.idempotency_key);
  assert.equal(first?.body.idempotency_key, second?.body.idempotency_key);
  assert.equal((first?.body.interaction_data as Wire).timeout, 60);
  await askwell.open(confirmation("T"));
  assert.notEqual(double.posts()[2]?.body.idempotency_key, first?.body.idempotency_key);
});

test("a refusal is told whole and at once", async (t) => {
  const double = await Double.start(t);
  const finding = { pointer: "/response/port", code: "above_maximum", detail: "Must be at most 65535." };
  const body = { code: "validation_failed", status: 422, title: "Invalid", detail: "1 in all.", errors: [finding], request_id: "r-1" };
  double.replies.push((reply) => says(reply, body, 422));
  await assert.rejects(new Askwell(double.url).respond("a", { port: 70_000 }), (error: Error) => {
    assert.ok(error instanceof Problem && error instanceof AskwellError);
    assert.match(error.message, /\/response\/port: Must be at most 65535/);
    assert.deepEqual([error.status, error.code, error.request_id, error.pointer], [422, "validation_failed", "r-1", "/response/port"]);
    assert.deepEqual(error.body.errors, [finding]);
    return true;
  });
  assert.equal(double.seen.length, 1);
});

test("a session that was closed before needs no wait", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(double.url);
  double.replies.push(session(completed("a")));
  assert.equal((await askwell.ask(confirmation("T"), { idempotency_key: "k" })).user_id, "li.wei");
  double.replies.push(session(aSession("a", { status: "timeout" })));
  await assert.rejects(askwell.ask(confirmation("T"), { idempotency_key: "k" }), /deadline/);
  assert.equal(double.reads().length, 0);
});
