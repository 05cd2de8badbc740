import assert from "node:assert/strict";
import { test } from "node:test";
import { Askwell, type Event, NotAskwell } from "../src/index.js";
import { readEvent, StreamReader } from "../src/feed.js";
import { Double, says } from "./double.js";
import { aSession } from "./wire.js";

const event = (cursor: string) => ({ cursor, type: "opened", at: "2026-11-26T11:02:24.384Z", version: 1, session_id: "a", session: aSession("a", { workflow_id: "夜" }) });
const framed = (cursor: string): string => `id: ${cursor}\r\nevent: opened\r\ndata: ${JSON.stringify(event(cursor))}\r\n\r\n`;
const STREAM = `: hello\n\n${["0", "1", "2"].map(framed).join("")}`;

test("events are read however the text is cut", () => {
  for (const size of [1, 2, 3, 7, 64, 100_000]) {
    const reader = new StreamReader();
    const found: Event[] = [];
    for (let at = 0; at < STREAM.length; at += size) found.push(...reader.read(STREAM.slice(at, at + size)));
    assert.deepEqual(found.map(({ cursor }) => cursor), ["0", "1", "2"]);
    assert.equal(found[0]?.session.workflow_id, "夜");
  }
});

test("a comment and half an event are nothing yet", () => {
  const reader = new StreamReader();
  assert.deepEqual(reader.read(": keep-alive\n\n"), []);
  assert.equal(reader.read(STREAM.slice(0, -2)).length, 2);
  assert.deepEqual(reader.read("\r\n").map(({ cursor }) => cursor), ["2"]);
});

test("what is no event throws", () => {
  for (const text of ["", "{}", "[]", "1", '{"cursor": "1"}', JSON.stringify({ ...event("1"), session: {} })]) {
    assert.throws(() => readEvent(text), NotAskwell);
  }
});

test("what is no stream is not followed", async (t) => {
  const double = await Double.start(t);
  double.feed = (reply) => says(reply, "<html>Log in</html>", 200, { "Content-Type": "text/html" });
  await assert.rejects(new Askwell(double.url).events({ after: "c" }).next(), NotAskwell);
  assert.equal(double.seen.length, 1);
});

test("it goes on after a break, behind the last event", async (t) => {
  const double = await Double.start(t);
  let streams = 0;
  double.feed = (reply, { query }) => {
    if (query.get("after")) return says(reply, { success: true, events: [], next_cursor: "c0" });
    reply.writeHead(200, { "Content-Type": "text/event-stream" });
    streams += 1;
    // In the middle of a character, and of an event.
    reply.write(Buffer.from(framed(`c${streams}`)).subarray(0, 300));
    reply.write(Buffer.from(framed(`c${streams}`)).subarray(300), () => reply.destroy());
  };
  const seen: string[] = [];
  for await (const { cursor } of new Askwell(double.url, { patience: { firstRetry: 0.01 } }).events()) {
    seen.push(cursor);
    if (seen.length === 3) break;
  }
  assert.deepEqual(seen, ["c1", "c2", "c3"]);
  const asked = double.seen.map(({ headers }) => headers["last-event-id"]);
  assert.deepEqual(asked, [undefined, "c0", "c1", "c2"]);
});
