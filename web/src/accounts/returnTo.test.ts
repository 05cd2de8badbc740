import { describe, expect, it } from "vitest";
import { loginFor, safeReturn } from "./returnTo";

const ORIGIN = "https://askwell.example";
const safe = (given: string | null) => safeReturn(given, ORIGIN);

describe("the way back after signing in", () => {
  it("is an address of this page, with its filters", () => {
    for (const path of ["/", "/history", "/r/0197?tab=claimed&q=%E9%83%A8", "/people?view=groups", "/loginfoo", "/api-docs"]) expect(safe(path)).toBe(path);
  });

  it.each([
    null, "", "history", "//evil.example", "//evil.example/r/1", "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n//evil.example", "/%0a\u0000", "/a\\..\\b",
    "https://evil.example", "javascript:alert(1)", "data:text/html,x", "/..//evil.example", "/.//evil.example", "/r/../..//evil.example",
    "/login", "/login?return_to=/login", "/setup", "/g", "/g/", "/api/login/oauth", "/api/logout", "/docs", "/socket.io/?x", "@evil.example", "/x/../login",
  ])("is the inbox where it would be %j", (given) => {
    expect(safe(given)).toBe("/");
  });

  it("drops the fragment, where secrets come", () => {
    expect(safe("/r/1?a=b#secret")).toBe("/r/1?a=b");
  });

  it("is asked for only where there is somewhere to go back to", () => {
    const here = (path: string, search: string) => {
      Object.assign(globalThis, { location: { origin: ORIGIN } });
      return loginFor(path, search);
    };
    expect(here("/", "")).toBe("/login");
    expect(here("/r/1", "tab=done")).toBe("/login?return_to=%2Fr%2F1%3Ftab%3Ddone");
    expect(here("/login", "")).toBe("/login");
  });
});
