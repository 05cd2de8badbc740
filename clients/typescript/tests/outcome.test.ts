import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, Cancelled, Failed, isOpen, NotAskwell, Outcome, type Session, TimedOut, Unanswered, Unreachable } from "../src/index.js";
import { outcomeOf } from "../src/outcome.js";
import { readSession } from "../src/session.js";
import { aResponse, aSession, completed, defaultUsed, SESSION_ID, type Wire } from "./wire.js";

const outcome = (wire: Wire): Outcome => outcomeOf(readSession(wire));
const without = (wire: Wire, name: string): Wire => Object.fromEntries(Object.entries(wire).filter(([key]) => key !== name));

test("a person's answer is an answer", () => {
  const answer = outcome(completed()).require();
  assert.deepEqual(answer.data, { choice: "confirm" });
  assert.deepEqual([answer.source, answer.user_id, answer.comment], ["person", "li.wei", "Go ahead."]);
  assert.equal(answer.submitted_at, "2026-11-26T11:03:00.000Z");
  assert.equal(answer.session.version, 2);
});

test("a default that was asked for is an answer and says what it is", () => {
  const answer = outcome(defaultUsed()).require();
  assert.deepEqual([answer.data, answer.source, answer.user_id], [{ choice: "cancel" }, "timeout", null]);
});

for (const [status, kind] of [["timeout", TimedOut], ["cancelled", Cancelled], ["error", Failed], ["pending", TimedOut]] as const) {
  test(`every other end throws with the session: ${status}`, () => {
    const found = outcome(aSession(SESSION_ID, { status, error_message: "superseded" }));
    assert.equal(found.answer, undefined);
    assert.equal(found.status, status);
    assert.throws(() => found.require(), (error: Error) => {
      assert.ok(error instanceof kind && error instanceof Unanswered);
      assert.equal(error.name, kind.name);
      assert.equal(error.session?.status, status);
      assert.ok(error.message.includes(SESSION_ID));
      return true;
    });
  });
}

test("a response without its status is no answer", () => {
  for (const status of ["pending", "active", "timeout", "cancelled", "error"]) {
    for (const source of ["person", "timeout"]) {
      assert.equal(outcome(aSession(SESSION_ID, { status, response: aResponse(SESSION_ID, { source }) })).answer, undefined);
    }
  }
});

test("a default that nobody asked for is no answer", () => {
  assert.equal(outcome(defaultUsed({ on_timeout: "expire" })).answer, undefined);
  assert.equal(outcome(defaultUsed({ response: null })).answer, undefined);
});

describe("a completion without an answer that can be trusted throws", () => {
  const lies: Record<string, unknown> = {
    "no response": null,
    "response is text": "confirm",
    "response is a list": [aResponse()],
    "another session's response": aResponse("another"),
    "a default dressed up as a completion": aResponse(SESSION_ID, { source: "timeout" }),
    "no source": without(aResponse(), "source"),
    "unknown source": aResponse(SESSION_ID, { source: "model" }),
    "no data": without(aResponse(), "response_data"),
    "no time": aResponse(SESSION_ID, { submitted_at: null }),
    "a time without its offset": aResponse(SESSION_ID, { submitted_at: "2026-11-26T11:03:00" }),
  };
  for (const [name, response] of Object.entries(lies)) {
    test(name, () => assert.throws(() => outcome({ ...completed(), response }), NotAskwell));
  }
});

test("a timed out session with a person's answer throws", () => {
  assert.throws(() => outcome(defaultUsed({ response: aResponse() })), NotAskwell);
});

test("neither an answer nor an outcome can be taken for a yes, where the language lets us say so", () => {
  const found = outcome(completed(SESSION_ID, { response_data: { choice: "cancel" } }));
  for (const one of [found, found.answer as Answer]) {
    assert.throws(() => `${one as unknown as string}`, TypeError);
    assert.throws(() => (one as unknown) == "true", TypeError);
  }
});

test("a wait that saw nothing says why", () => {
  const gone = new Unreachable("refused");
  assert.throws(() => new Outcome("abc", undefined, undefined, gone).require(), (error: Error) => {
    assert.ok(error instanceof TimedOut);
    assert.match(error.message, /refused/);
    assert.deepEqual([error.session, error.cause], [undefined, gone]);
    return true;
  });
});

describe("what cannot be understood is no session", () => {
  const wrong: Record<string, unknown> = {
    nothing: null,
    text: "pending",
    "unknown status": aSession("a", { status: "approved" }),
    "status of another type": aSession("a", { status: true }),
    "no id": aSession(""),
    "no hash": aSession("a", { content_hash: null }),
    "version is text": aSession("a", { version: "2" }),
    "no deadline": aSession("a", { expires_at: null }),
    "a deadline without its offset": aSession("a", { expires_at: "2026-11-26T11:22:24" }),
    "nothing asked": aSession("a", { interaction_data: null }),
  };
  for (const [name, value] of Object.entries(wrong)) test(name, () => assert.throws(() => readSession(value), NotAskwell));
  test("and what can be is given as it came", () => {
    const wire = aSession("a", { later: 1 });
    const session: Session = readSession(wire);
    assert.equal(session, wire);
    assert.ok(isOpen(session));
  });
});
