//! What leaves the client, and what of it is seen nowhere else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Askwell, AuthenticationError, confirmation, ForbiddenError, NotAskwell, Problem, selection, Unreachable } from "../src/index.js";
import { Double, says } from "./double.js";
import { aSession, completed, type Wire } from "./wire.js";

/** Gives up soon: only for what is not to succeed. */
const SOON = { retryFor: 0.1, firstRetry: 0.01, longestRetry: 0.02 };

test("the path of the address is kept, and an id stays one segment of the path", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(`${double.url}/tools/askwell/`);
  double.replies.push((reply) => says(reply, { success: true, session: aSession("a/../b?c") }));
  await askwell.get("a/../b?c");
  assert.equal(double.seen[0]?.path, "/tools/askwell/api/sessions/a%2F..%2Fb%3Fc");
  for (const id of ["", ".", ".."]) await assert.rejects(askwell.get(id), TypeError);
  assert.equal(double.seen.length, 1);
});

test("an address that is none is told at once", () => {
  for (const url of ["nonsense", "ftp://a", "http://li:wei@a"]) assert.throws(() => new Askwell(url), TypeError, url);
});

test("the token and the language go with every request", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(double.url, { token: "ask_secret\n", language: "zh-CN" });
  await askwell.open(confirmation("T"));
  await askwell.get("session-0");
  assert.equal(double.seen.length, 2);
  for (const { headers } of double.seen) {
    assert.equal(headers.authorization, "Bearer ask_secret");
    assert.equal(headers["accept-language"], "zh-CN");
    assert.match(headers["user-agent"] ?? "", /^askwell-typescript\//);
  }
});

test("the environment gives a token where the caller does not", async (t) => {
  const double = await Double.start(t);
  double.add("a");
  process.env.ASKWELL_TOKEN = "ask_of_the_environment";
  const clients = [new Askwell(double.url), new Askwell(double.url, { token: "ask_given" }), new Askwell(double.url, { token: "" })];
  delete process.env.ASKWELL_TOKEN;
  for (const client of [...clients, new Askwell(double.url)]) await client.get("a");
  const shown = double.seen.map(({ headers }) => headers.authorization);
  assert.deepEqual(shown, ["Bearer ask_of_the_environment", "Bearer ask_given", undefined, undefined]);
});

test("a function is asked for each request, and one that fails fails the call", async (t) => {
  const double = await Double.start(t);
  double.add("a");
  let count = 0;
  for (const token of [() => `t${count++}`, async () => Promise.resolve(`t${count++}`)]) {
    const askwell = new Askwell(double.url, { token });
    await askwell.get("a");
    await askwell.get("a");
  }
  assert.deepEqual(double.seen.map(({ headers }) => headers.authorization), ["Bearer t0", "Bearer t1", "Bearer t2", "Bearer t3"]);
  const failing = () => {
    throw new Error("the vault is closed");
  };
  await assert.rejects(new Askwell(double.url, { token: failing }).wait("a"), /vault/);
});

test("a token is shown nowhere", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(double.url, { token: "ask_secret", patience: SOON });
  double.replies.push((reply) => says(reply, { code: "unauthenticated" }, 401));
  const errors: unknown[] = [];
  await askwell.get("a").catch((error: unknown) => errors.push(error));
  await new Askwell("http://127.0.0.1:9", { token: "ask_secret", patience: SOON }).get("a").catch((error: unknown) => errors.push(error));
  await new Askwell(double.url, { token: "ask_secret\nX-Other: 1", patience: SOON }).get("a").catch((error: unknown) => errors.push(error));
  assert.equal(errors.length, 3);
  const said = inspect([askwell, ...errors], { depth: 20, showHidden: true }) + JSON.stringify([askwell, errors]) + String(errors);
  assert.ok(!said.includes("ask_secret"));
});

test("the token does not follow a redirect", async (t) => {
  const [double, elsewhere] = [await Double.start(t), await Double.start(t)];
  double.replies.push((reply) => says(reply, "", 307, { Location: elsewhere.url }));
  await assert.rejects(new Askwell(double.url, { token: "ask_secret" }).get("a"), NotAskwell);
  assert.equal(elsewhere.seen.length, 0);
});

test("what is no JSON is not sent, and whole numbers are sent whole", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(double.url);
  await assert.rejects(askwell.open(confirmation("T"), { metadata: { n: NaN } }), TypeError);
  await assert.rejects(askwell.respond("a", { when: () => 1 }), TypeError);
  assert.equal(double.seen.length, 0);
  double.add("a");
  await askwell.respond("a", { edited: { id: 9007199254740993n } });
  assert.equal(double.seen[0]?.text, '{"response":{"edited":{"id":9007199254740993}}}');
});

test("whole numbers of an answer come whole", async (t) => {
  const double = await Double.start(t);
  const text = JSON.stringify({ success: true, session: completed("a", { response_data: { id: 0 } }) });
  double.replies.push((reply) => says(reply, text.replace('"id":0', '"id":9007199254740993')));
  assert.deepEqual((await new Askwell(double.url).wait("a")).data, { id: 9007199254740993n });
});

test("an own fetch is used", async () => {
  const asked: string[] = [];
  const own: typeof fetch = async (input) => {
    asked.push(String(input));
    return Promise.resolve(Response.json({ success: true, session: completed("a") }));
  };
  await new Askwell("http://askwell.invalid", { fetch: own }).wait("a");
  assert.match(asked[0] ?? "", /^http:\/\/askwell\.invalid\/api\/sessions\/a\?wait=30$/);
});

test("a refusal is told at once by every call", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(double.url, { patience: SOON });
  for (const [status, code, kind] of [[401, "unauthenticated", AuthenticationError], [403, "step_up_required", ForbiddenError], [404, "session_not_found", Problem]] as const) {
    const calls = [
      () => askwell.get("a"),
      () => askwell.wait("a"),
      () => askwell.outcome("a"),
      () => askwell.open(confirmation("T")),
      () => askwell.confirm("T"),
      () => askwell.cancel("a"),
      () => askwell.list(),
      () => askwell.download("a", "b"),
      () => askwell.events().next(),
      () => askwell.events({ after: "oldest" }).next(),
    ];
    for (const call of calls) {
      double.seen.length = 0;
      double.replies.push((reply) => says(reply, { code, status, request_id: "r-1" }, status));
      await assert.rejects(call(), (error: Error) => {
        assert.ok(error instanceof Problem);
        assert.equal(error.constructor, kind);
        assert.deepEqual([error.status, error.code, error.request_id], [status, code, "r-1"]);
        return true;
      });
      assert.equal(double.seen.length, 1, "asked once, and not again");
    }
  }
});

test("an abort ends any call with its reason, and withdraws no question", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(double.url);
  const why = new Error("the agent stops");
  double.feed = (reply) => void reply.writeHead(200, { "Content-Type": "text/event-stream" }).write(": here\n\n");
  const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
    ask: (signal) => askwell.ask(confirmation("T"), { signal }),
    confirm: (signal) => askwell.confirm("T", { signal }),
    wait: (signal) => askwell.wait(double.add("a"), { signal }),
    events: (signal) => askwell.events({ after: "c", signal }).next(),
  };
  for (const [name, call] of Object.entries(calls)) {
    double.seen.length = 0;
    const controller = new AbortController();
    const ended = assert.rejects(call(controller.signal), why, name);
    await double.until(() => double.seen.some(({ method }) => method === "GET"));
    controller.abort(why);
    await ended;
    assert.ok(double.seen.every(({ path }) => !path.endsWith("/cancel")));
  }
  await assert.rejects(askwell.get("a", { signal: AbortSignal.abort(why) }), why);
  const pausing = new AbortController();
  const ended = assert.rejects(new Askwell("http://127.0.0.1:9", { patience: { firstRetry: 100, longestRetry: 100 } }).get("a", { signal: pausing.signal }), why);
  setImmediate(() => pausing.abort(why));
  await ended;
});

test("a list is read page by page", async (t) => {
  const double = await Double.start(t);
  const page = (ids: string[], next_cursor?: string) => double.replies.push((reply) => says(reply, { success: true, sessions: ids.map((id) => aSession(id)), next_cursor }));
  page(["a", "b"], "c1");
  page(["c"]);
  const found = await new Askwell(double.url).list({ status: ["pending", "active"], created_after: new Date(0), q: undefined as never });
  assert.deepEqual(found.map(({ session_id }) => session_id), ["a", "b", "c"]);
  assert.equal(double.seen[0]?.query.toString(), "status=pending&status=active&created_after=1970-01-01T00%3A00%3A00.000Z&limit=100");
  assert.equal(double.seen[1]?.query.get("cursor"), "c1");
  assert.equal(double.seen[1]?.query.get("limit"), "98");
  await assert.rejects(new Askwell(double.url).list({ state: "open" } as never), /no state/);
});

test("what the server ignored is told", async (t) => {
  const double = await Double.start(t);
  const warnings = [{ pointer: "/assignee", code: "unknown_person", detail: "Nobody is called so." }];
  const told: unknown[] = [];
  const askwell = new Askwell(double.url, { onWarning: (warning, { session_id }) => told.push([session_id, warning.pointer]) });
  double.replies.push((reply) => says(reply, { success: true, session: aSession("a"), warnings }));
  const session = await askwell.open(selection("T", { options: ["a"] }), { assignee: "nobody" });
  assert.deepEqual(session.warnings, warnings);
  assert.deepEqual(told, [["a", "/assignee"]]);
});

test("the feed gives up like any call", async () => {
  for (const after of ["latest", "c1", "oldest"]) {
    await assert.rejects(new Askwell("http://127.0.0.1:9", { patience: SOON }).events({ after }).next(), Unreachable);
  }
});

test("a draft says what its options say", async (t) => {
  const double = await Double.start(t);
  const people = { assignee: "mei", candidates: ["omar", "group:ops"], on_behalf_of: "ann", step_up: "passkey", risk: "high" } as const;
  await new Askwell(double.url).open(confirmation("T"), { ...people, timeout: 60, idempotency_key: "release-7" });
  const asked: Wire = { interaction_type: "confirmation", title: "T", message: "", timeout: 60 };
  assert.deepEqual(double.seen[0]?.body, { ...people, idempotency_key: "release-7", interaction_data: asked });
  await assert.rejects(new Askwell(double.url).open(confirmation("T"), { concequences: {} } as never), /concequences/);
});

test("a key of any letters is sent as it is", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(double.url, { patience: SOON });
  for (const idempotency_key of ["发布-7", "café", "🚀", " release-7\n"]) {
    await askwell.open(confirmation("T"), { idempotency_key });
    await askwell.open({ action_request: { action: "scale" }, idempotency_key: "the agent's" }, { idempotency_key });
    for (const { body } of double.seen.splice(0)) assert.equal(body.idempotency_key, idempotency_key.trim());
  }
});

test("what no header can hold is told at once, and not as a server that is away", async (t) => {
  const double = await Double.start(t);
  const calls = [
    () => new Askwell(double.url, { language: "中文" }).get("a"),
    () => new Askwell(double.url).events({ after: "游标" }).next(),
  ];
  for (const call of calls) await assert.rejects(call(), TypeError);
  assert.equal(double.seen.length, 0);
});

test("a list of one of Agent Inbox is sent as it is, and what the caller says within it", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(double.url);
  const request = { action_request: { action: "scale", args: { n: 1 } }, config: { allow_accept: true } };
  const options = { timeout: 60, idempotency_key: "k" };
  const resume = [{ type: "accept", args: null }];
  double.replies.push((reply) => says(reply, { success: true, session: completed("a", { resume }) }));
  assert.deepEqual((await askwell.ask([request], options)).resume, resume);
  assert.deepEqual(JSON.parse(double.seen[0]?.text ?? ""), [{ ...request, ...options }]);
  // Which the server refuses: a session is one question.
  await askwell.open([request, request], options);
  assert.deepEqual(JSON.parse(double.seen[1]?.text ?? ""), [{ ...request, ...options }, { ...request, ...options }]);
});

test("a framework's own shape is sent as it is, and its own answer is given", async (t) => {
  const double = await Double.start(t);
  const askwell = new Askwell(double.url);
  const bodies = [
    { action_request: { action: "scale", args: { n: 1 } }, config: { allow_accept: true } },
    { action_requests: [{ name: "scale", args: {} }], review_configs: [] },
    { type: "tool_approval", name: "scale", args: {} } as const,
    { interrupts: [{ id: "i1", reason: "confirmation" }] },
    { id: "i1", reason: "confirmation" },
  ];
  const resume = [{ type: "accept", args: null }];
  for (const body of bodies) {
    double.replies.push((reply) => says(reply, { success: true, session: completed("a", { resume }) }));
    const options = { timeout: 60, workflow_id: "w", idempotency_key: "k" };
    const answer = await askwell.ask(body, options);
    assert.deepEqual(answer.resume, resume);
    assert.deepEqual(double.seen.at(-1)?.body, { ...options, ...body });
  }
  double.replies.push((reply) => says(reply, { success: true, session: completed("a") }));
  assert.equal((await askwell.ask(confirmation("T"))).resume, undefined);
});
