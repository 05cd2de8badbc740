import assert from "node:assert/strict";
import { test } from "node:test";
import { OwnClock } from "../src/clock.js";
import { PATIENCE, pauseAfter } from "../src/patience.js";
import { readSession, timeOf } from "../src/session.js";
import { aSession, SESSION_ID } from "./wire.js";

const SESSION = readSession(aSession());
const CREATED = timeOf(SESSION.created_at)!;
const EXPIRES = timeOf(SESSION.expires_at)!;

test("before anything is known it stops like any call", () => {
  assert.equal(new OwnClock(1000, undefined, PATIENCE).left(1010), 50);
});

test("it stops some grace after the deadline, by the server's time", () => {
  const clock = new OwnClock(1000, undefined, PATIENCE);
  clock.saw(SESSION, EXPIRES - 100_000, 1010);
  assert.equal(clock.left(1010), 130);
});

test("a wrong clock here does not matter", () => {
  const clock = new OwnClock(0, undefined, PATIENCE);
  clock.saw(SESSION, CREATED, 5);
  assert.equal(clock.left(5), 1230);
  assert.ok(Math.abs(CREATED - Date.now()) > 5000);
});

test("a deadline that moved moves it, and one that passed leaves the grace", () => {
  const clock = new OwnClock(0, undefined, PATIENCE);
  clock.saw(readSession(aSession(SESSION_ID, { expires_at: "2026-11-26T12:22:24.384Z" })), CREATED, 0);
  assert.equal(clock.left(0), 4830);
  clock.saw(SESSION, EXPIRES + 86_400_000, 0);
  assert.equal(clock.left(0), 30);
  assert.equal(clock.left(31), 0);
});

test("the caller's timeout stands", () => {
  const clock = new OwnClock(0, 5, PATIENCE);
  clock.saw(SESSION, CREATED, 1);
  assert.equal(clock.left(1), 4);
});

test("pauses double up to a limit and spread", () => {
  const patience = { ...PATIENCE, firstRetry: 1, longestRetry: 10 };
  assert.deepEqual([1, 2, 3, 4, 5, 10_000].map((failures) => pauseAfter(patience, failures, 1)), [1, 2, 4, 8, 10, 10]);
  assert.equal(pauseAfter(patience, 3, 0), 2);
});
