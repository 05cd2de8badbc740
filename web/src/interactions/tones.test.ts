//! Which button is red.
import { describe, expect, it, vi } from "vitest";
import type { Session } from "../api/types";

vi.mock("../language", () => ({ useWords: () => (id: string) => id }));
vi.mock("../language/choice", () => ({ language: () => "en" }));
const { default: kind } = await import("./Confirmation");

const session = (irreversible: boolean): Session =>
  ({ interaction_data: { interaction_type: "confirmation", options: [{ value: "yes", label: "Delete" }, { value: "no", label: "Reject" }], consequences: { on_answer: [{ text: "It is gone", irreversible }] } } }) as unknown as Session;
const tones = (irreversible: boolean) => kind.choices(session(irreversible), undefined, (id) => id).map(({ label, tone }) => [label, tone]);

describe("of yes and no", () => {
  it("the no is outlined in red, where the yes can be undone", () => {
    expect(tones(false)).toEqual([["Reject", "reject"], ["Delete", "solid"]]);
  });
  it("the yes alone is red, where it cannot", () => {
    expect(tones(true)).toEqual([["Reject", "outline"], ["Delete", "danger"]]);
  });
});
