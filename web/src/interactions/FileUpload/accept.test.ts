import { describe, expect, it } from "vitest";
import { accepts, bytesOf } from "./accept";

describe("files", () => {
  it("reads sizes", () => {
    expect([bytesOf("10MB"), bytesOf("1.5 KB"), bytesOf(7), bytesOf("2G"), bytesOf(null), bytesOf("many")]).toEqual([10 * 2 ** 20, 1536, 7, 2 ** 31, null, null]);
  });

  it("judges by name and type", () => {
    const file = (name: string, type = "") => ({ name, type });
    expect(accepts([".json"], file("A.JSON"))).toBe(true);
    expect(accepts(["json"], file("a.jsonx"))).toBe(false);
    expect(accepts(["image/*"], file("a", "image/png"))).toBe(true);
    expect(accepts(["image/*"], file("a", "text/plain"))).toBe(false);
    expect(accepts(null, file("x"))).toBe(true);
  });
});
