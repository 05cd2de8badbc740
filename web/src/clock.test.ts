import { describe, expect, it } from "vitest";
import { announcement, heardTime, MINUTE, now, urgency } from "./clock";

describe("clock", () => {
  it("grows urgent at twenty minutes and at one", () => {
    expect([21 * MINUTE, 20 * MINUTE, MINUTE, 0].map(urgency)).toEqual(["far", "soon", "last", "over"]);
  });

  it("says aloud what is passed, once, and nothing at the end", () => {
    expect(announcement(5 * MINUTE + 1, 5 * MINUTE)).toBe("5m");
    expect(announcement(5 * MINUTE, 5 * MINUTE - 1_000)).toBeNull();
    expect(announcement(MINUTE + 500, MINUTE - 500)).toBe("1m");
    expect(announcement(11_000, 10_000)).toBe("10s");
    expect(announcement(1_000, 0)).toBeNull();
  });

  it("follows the server's clock", () => {
    heardTime(new Date(Date.now() + 90_000).toISOString());
    expect(now() - Date.now()).toBeGreaterThan(89_000);
    heardTime(new Date().toISOString());
    expect(Math.abs(now() - Date.now())).toBeLessThan(5);
  });
});
