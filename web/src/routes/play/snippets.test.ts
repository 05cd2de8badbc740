import { describe, expect, it } from "vitest";
import { python, snippet } from "./snippets";

describe("snippets", () => {
  it("quotes for the shell", () => {
    expect(snippet("curl", { title: "it's" }, "http://x")).toContain(`it'\\''s`);
  });
  it("writes Python", () => {
    expect(python({ a: [true, null, "x"], b: {} })).toBe('{\n    "a": [\n        True,\n        None,\n        "x",\n    ],\n    "b": {},\n}');
  });
});
