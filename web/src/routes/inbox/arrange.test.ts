import { describe, expect, it } from "vitest";
import type { Session } from "../../api/types";
import { arrange, release } from "./arrange";

const T = Date.parse("2026-01-01T12:00:00Z");
const at = (minutes: number) => new Date(T + minutes * 60_000).toISOString();

function session(id: string, deadline: number, created = -5, status: Session["status"] = "pending"): Session {
  return { session_id: id, status, created_at: at(created), expires_at: at(deadline) } as Session;
}
const map = (...all: Session[]) => new Map(all.map((each) => [each.session_id, each]));

describe("arrangement of the inbox", () => {
  const first = map(session("a", 60), session("b", 10), session("c", 300));
  const begun = arrange(null, { sessions: first, calm: true, now: T });

  it("puts what expires soon first", () => {
    expect(begun).toMatchObject({ soon: ["b"], rest: ["a", "c"], held: [] });
  });

  it("holds arrivals back while the list is in use, and moves nobody", () => {
    const more = map(...first.values(), session("d", 5, 1));
    const held = arrange(begun, { sessions: more, calm: false, now: T });
    expect(held).toMatchObject({ soon: ["b"], rest: ["a", "c"], held: ["d"] });
    expect(release(held, more, T)).toEqual({ soon: ["d", "b"], rest: ["a", "c"], held: [] });
    expect(arrange(held, { sessions: more, calm: true, now: T })).toMatchObject({ soon: ["d", "b"], held: [] });
  });

  it("lets arrivals in at the top when nobody points", () => {
    const more = map(...first.values(), session("d", 90, 1));
    expect(arrange(begun, { sessions: more, calm: true, now: T }).rest).toEqual(["d", "a", "c"]);
  });

  it("appends what is only paged in, even while in use", () => {
    const more = map(...first.values(), session("e", 900, -60));
    expect(arrange(begun, { sessions: more, calm: false, now: T })).toMatchObject({ rest: ["a", "c", "e"], held: [] });
  });

  it("keeps answered rows where they are, and forgets a held one that was answered", () => {
    const answered = map(session("a", 60, -5, "completed"), session("b", 10), session("c", 300));
    expect(arrange(begun, { sessions: answered, calm: true, now: T })).toBe(begun);
    const held = arrange(begun, { sessions: map(...first.values(), session("d", 5, 1)), calm: false, now: T });
    const gone = map(...first.values(), session("d", 5, 1, "completed"));
    expect(arrange(held, { sessions: gone, calm: false, now: T }).held).toEqual([]);
  });

  it("moves a row to the urgent ones only when nobody points", () => {
    const later = { sessions: first, now: T + 45 * 60_000 };
    expect(arrange(begun, { ...later, calm: false })).toBe(begun);
    expect(arrange(begun, { ...later, calm: true })).toMatchObject({ soon: ["b", "a"], rest: ["c"] });
  });
});
