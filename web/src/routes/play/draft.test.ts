import { describe, expect, it } from "vitest";
import { parse } from "./draft";

describe("drafts in the playground", () => {
  it("says where JSON breaks", () => {
    const broken = parse('{\n  "a": 1,\n  b\n}');
    expect("line" in broken && broken.line).toBe(3);
    expect(parse('{\n  "a":')).toHaveProperty("line", 2);
    expect(parse("[]")).toHaveProperty("fault");
    expect(parse('{"a":1}')).toEqual({ body: { a: 1 } });
  });
});
