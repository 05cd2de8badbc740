import { describe, expect, it } from "vitest";
import { besides, changedSteps, planOf } from "./plan";

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

  it("keeps what stands beside it, and finds what changed", () => {
    const data = { goal: "g", steps: ["one", "two"] };
    const plan = planOf(data);
    expect(besides(data, plan)).toEqual({ goal: "g" });
    expect(plan && changedSteps(plan, planOf({ steps: ["one", "2"] }))).toEqual(new Set([1]));
  });
});
