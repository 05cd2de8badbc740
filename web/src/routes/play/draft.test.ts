import { describe, expect, it } from "vitest";
import { parse, previewOf } from "./draft";

describe("drafts in the playground", () => {
  it("says where JSON breaks", () => {
    const broken = parse('{\n  "a": 1,\n  b\n}');
    expect("line" in broken && broken.line).toBe(3);
    expect(parse("[]")).toHaveProperty("fault");
    expect(parse('{"a":1}')).toEqual({ body: { a: 1 } });
  });
  it("previews what the server would make of it", () => {
    const session = previewOf({ interaction_data: { interaction_type: "choice", options: ["a"], timeout: 60 } }, 0);
    expect(session.interaction_data).toMatchObject({ interaction_type: "selection", options: [{ value: "a", label: "a" }] });
    expect(session.expires_at).toBe("1970-01-01T00:01:00.000Z");
  });
});
