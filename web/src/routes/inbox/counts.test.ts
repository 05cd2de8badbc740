import { describe, expect, it, vi } from "vitest";
import type { Session } from "../../api/types";

vi.stubGlobal("navigator", { languages: ["en"] });
vi.stubGlobal("location", { origin: "http://localhost" });
const { awaitingNext, countsOf } = await import("./useInbox");

const session = (id: string, by: string | null = null) => ({ session_id: id, status: by ? "active" : "pending", claimed_by: by }) as Session;
const none = { sessions: [], more: false };

describe("the counts of the tabs", () => {
  const paged = [session("a"), session("b", "me"), session("c", "han")];

  it("are those of the rows where all are there", () => {
    expect(countsOf({ paged, sessions: paged, unpaged: 0, held: { whole: true, total: 0 } }, "me", none)).toMatchObject({ mine: 2, claimed: 1, others: 1, more: { mine: false, others: false } });
  });

  it("take what is not paged in from the server, less what others hold of it", () => {
    const held = [...paged, session("y", "me"), session("z", "han")];
    expect(countsOf({ paged, sessions: held, unpaged: 100, held: { whole: true, total: 4 } }, "me", none)).toMatchObject({ mine: 101, claimed: 2, others: 2, more: { mine: false, claimed: false } });
  });

  it("say so where a number is not known", () => {
    expect(countsOf({ paged, sessions: paged, unpaged: 100, held: { whole: false, total: 10 } }, "me", none)).toMatchObject({ mine: 94, claimed: 1, more: { mine: true, claimed: true, others: true } });
    expect(countsOf({ paged, sessions: paged, unpaged: 0, held: { whole: true, total: 0 } }, "me", { sessions: [1], more: true })).toMatchObject({ others: 2, more: { mine: false, others: true } });
  });
});

describe("what was sent back", () => {
  const review = (id: string, attempt: number, answer: object | null, status = "completed") =>
    ({ session_id: id, status, workflow_id: "w", created_at: `2026-01-01T00:00:0${attempt}Z`, interaction_data: { interaction_type: "review", node_id: "n", attempt }, response: answer && { response_data: answer } }) as unknown as Session;

  it("awaits the next attempt until that comes, whatever becomes of it", () => {
    const modify = { action: "modify" };
    const ids = (closed: Session[], open: Session[] = []) => awaitingNext(closed, open).map((each) => each.session_id);
    expect(ids([review("1", 1, modify)])).toEqual(["1"]);
    expect(ids([review("1", 1, { decisions: [{ action: "approve" }, { action: "modify" }] })])).toEqual(["1"]);
    expect(ids([review("1", 1, { action: "approve" })])).toEqual([]);
    expect(ids([review("1", 1, modify)], [review("2", 2, null, "pending")])).toEqual([]);
    expect(ids([review("1", 1, modify), review("2", 2, null, "timeout")])).toEqual([]);
    expect(ids([review("1", 1, modify), review("2", 2, modify)])).toEqual(["2"]);
  });
});
