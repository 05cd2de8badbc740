import { describe, expect, it } from "vitest";
import { besides, compared, planOf } from "./plan";

describe("plans", () => {
  it("finds steps under many names", () => {
    expect(planOf({ planned_sub_tasks: [{ goal: "a", node_type: "SEARCH", task_type: "X", depends_on_indices: [0] }] })?.steps[0])
      .toMatchObject({ id: "1", goal: "a", type: "SEARCH · X", after: ["1"] });
    expect(planOf({ plan: { steps: [{ title: "b", extra: 1 }] } })?.steps[0]).toMatchObject({ goal: "b", rest: { extra: 1 } });
    expect(planOf([{ name: "c", depends_on: ["x"] }])?.steps[0]).toMatchObject({ goal: "c", after: ["x"] });
    expect(planOf({ steps: ["one", "two"] })?.steps).toHaveLength(2);
  });

  it("does not take other data for a plan", () => {
    for (const data of [null, 1, "x", [], ["a"], { rows: [{ goal: "x" }] }, { plan: [{ size: 1 }] }]) expect(planOf(data)).toBeNull();
  });

  it("keeps what stands beside it", () => {
    const data = { goal: "g", steps: ["one", "two"] };
    expect(besides(data, planOf(data))).toEqual({ goal: "g" });
  });

  const marks = (now: unknown[], before: unknown[] | null) => {
    const [plan, old] = [planOf({ steps: now }), before && planOf({ steps: before })];
    return plan && compared(plan, old).map(({ step, index, mark, was }) => [mark, step.goal, index, ...(was ? [was.goal] : [])]);
  };

  it("marks what changed, in the plan itself", () => {
    expect(marks(["one", "2", "three"], ["one", "two", "three"])).toEqual([["same", "one", 0], ["changed", "2", 1, "two"], ["same", "three", 2]]);
    expect(marks(["one", "three"], ["one", "two", "three"])).toEqual([["same", "one", 0], ["gone", "two", null], ["same", "three", 1]]);
    expect(marks(["one", "new", "two"], ["one", "two"])).toEqual([["same", "one", 0], ["new", "new", 1], ["same", "two", 2]]);
    expect(marks(["one"], null)).toEqual([["same", "one", 0]]);
    expect(marks(["one"], ["one", "two"])).toEqual([["same", "one", 0], ["gone", "two", null]]);
  });

  it("knows a step by its words, then by its name", () => {
    const step = (goal: string, after: string[]) => ({ goal, depends_on: after });
    expect(marks([step("b", []), step("a", ["1"])], [step("a", []), step("b", ["1"])])).toEqual([["changed", "b", 0, "b"], ["changed", "a", 1, "a"]]);
    expect(marks([{ id: "x", goal: "b" }], [{ id: "y", goal: "a" }])).toEqual([["gone", "a", null], ["new", "b", 0]]);
  });
});
