import { describe, expect, it } from "vitest";
import { cell } from "./csv";

describe("csv", () => {
  it("quotes, and lets no cell be a formula", () => {
    expect([cell("a"), cell('a "b", c'), cell("x\ny"), cell(null), cell({ a: 1 })]).toEqual(["a", '"a ""b"", c"', '"x\ny"', "", '"{""a"":1}"']);
    expect([cell("=1+1"), cell("@x"), cell("-2"), cell("+3")]).toEqual(["'=1+1", "'@x", "'-2", "'+3"]);
  });
});
