import { describe, expect, it } from "vitest";
import type { FieldSpec } from "../../api/types";
import { faultOf, given, held } from "./shape";

const field = (given: Partial<FieldSpec>): FieldSpec => ({ name: "x", ...given }) as FieldSpec;

describe("fields", () => {
  it("keeps the types of options", () => {
    const which = field({ field_type: "select", options: [1, true, "a"] as never });
    expect([0, 1, 2].map((at) => given(which, String(at)))).toEqual([1, true, "a"]);
    expect(held(which, true)).toBe("1");
    const several = field({ field_type: "multiselect", options: ["a", "b"] as never });
    expect(given(several, held(several, ["b"]))).toEqual(["b"]);
    expect(given(several, [])).toBeUndefined();
  });

  it("gives numbers as numbers, and digits that do not fit as text", () => {
    const number = field({ field_type: "integer" });
    expect(given(number, "8080")).toBe(8080);
    expect(given(number, "9223372036854775807")).toBe("9223372036854775807");
    expect(given(number, "")).toBeUndefined();
  });

  it("says what is wrong", () => {
    expect(faultOf(field({ required: true }), "")?.word).toBe("fault-required");
    expect(faultOf(field({ field_type: "integer" }), "1.5")?.word).toBe("fault-integer");
    expect(faultOf(field({ field_type: "integer", max_value: 9 }), "10")).toEqual({ word: "fault-max", args: { limit: 9 } });
    expect(faultOf(field({ validation: "[a-z]+" }), "abc1")?.word).toBe("fault-pattern");
    expect(faultOf(field({ validation: "(?P<odd>x)" }), "y")).toBeNull();
    expect(faultOf(field({ field_type: "json" }), "{")?.word).toBe("fault-json");
    expect(faultOf(field({ field_type: "checkbox" }), false)).toBeNull();
  });

  it("brings moments there and back", () => {
    const when = field({ field_type: "datetime" });
    expect(given(when, held(when, "2026-01-01T10:00:00.000Z"))).toBe("2026-01-01T10:00:00.000Z");
  });
});
