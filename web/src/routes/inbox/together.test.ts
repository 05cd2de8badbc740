import { describe, expect, it, vi } from "vitest";
import type { Session } from "../../api/types";
import { MOST, together } from "./together";

vi.stubGlobal("navigator", { languages: ["en"] });

const say = (id: string) => id;
const session = (data: object = {}, more: object = {}) =>
  ({ risk: "low", claimed_by: null, interaction_data: { interaction_type: "confirmation", options: [{ value: "y", label: "Go" }, { value: "no", label: "No" }], ...data }, ...more }) as unknown as Session;
const why = (...sessions: Session[]) => {
  const found = together(sessions, "me", say);
  return "why" in found ? found.why : found.verbs.map((each) => each.label);
};

describe("answering several at once", () => {
  it("offers the words that all of them have", () => {
    expect(why(session(), session())).toEqual(["No", "Go"]);
    expect(together([session()], "me", say)).toMatchObject({ verbs: [{ tone: "reject", response: { choice: "no" } }, { tone: "solid", response: { choice: "y" } }] });
    expect(why(session({ interaction_type: "selection" }))).toEqual(["Go", "No"]);
    expect(why(session({ interaction_type: "review", options: null }))).toEqual(["review-abort", "review-approve"]);
  });

  it("says why not", () => {
    expect(why()).toBe("bulk-none");
    for (const risk of ["high", "medium", null]) expect(why(session(), session({}, { risk }))).toBe("bulk-risk");
    expect(why(session(), session({ options: [{ value: "y", label: "Go" }] }))).toBe("bulk-unlike");
    expect(why(session({}, { claimed_by: "other" }))).toBe("bulk-held");
    expect(why(session({}, { claimed_by: "me" }))).toEqual(["No", "Go"]);
    expect(why(session({ consequences: { on_answer: [{ text: "gone", irreversible: true }] } }))).toBe("bulk-final");
    expect(why(...Array.from({ length: MOST + 1 }, () => session()))).toBe("bulk-most");
    for (const data of [{ interaction_type: "text_input" }, { interaction_type: "selection", multiple: true }, { interaction_type: "review", actions: [{ kind: "a" }, { kind: "b" }] }]) {
      expect(why(session(data))).toBe("bulk-fill");
    }
  });
});
