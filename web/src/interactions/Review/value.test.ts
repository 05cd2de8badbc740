import { describe, expect, it } from "vitest";
import type { Session } from "../../api/types";
import { answerOf } from "./value";

const session = (actions: object[] | null = null) => ({ interaction_data: { actions } }) as unknown as Session;

describe("a reviewer's answer", () => {
  it("needs instructions to send back; remarks at steps are some", () => {
    expect(answerOf(session(), {}, "modify", undefined)).toBeNull();
    expect(answerOf(session(), { comments: { 1: "no", 2: " " } }, "modify", undefined)).toEqual({ action: "modify", modification_instructions: "2. no", step_comments: { 1: "no" } });
    expect(answerOf(session(), { instructions: "x" }, "approve", undefined)).toEqual({ action: "approve" });
  });

  it("sends edited arguments only where they differ and are JSON", () => {
    const one = session([{ kind: "a", args: { n: 1 } }]);
    expect(answerOf(one, { edited: { 0: '{"n": 1}' } }, "approve", undefined)).toEqual({ action: "approve" });
    expect(answerOf(one, { edited: { 0: '{"n": 2}' } }, "approve", undefined)).toEqual({ action: "approve", edited: { n: 2 } });
    expect(answerOf(one, { edited: { 0: "{" } }, "approve", undefined)).toBeNull();
    expect(answerOf(one, { edited: { 0: "{" } }, "abort", undefined)).toEqual({ action: "abort" });
  });

  it("votes on each of several actions", () => {
    const two = session([{ kind: "a" }, { kind: "b" }]);
    expect(answerOf(two, { votes: { 0: "approve" } }, "submit", undefined)).toBeNull();
    expect(answerOf(two, { votes: { 0: "approve", 1: "abort" } }, "submit", undefined)).toEqual({ decisions: [{ action: "approve" }, { action: "abort" }] });
    expect(answerOf(two, { votes: { 0: "approve", 1: "modify" } }, "submit", undefined)).toBeNull();
  });
});
