import { beforeEach, describe, expect, it, vi } from "vitest";

/** An address bar, as far as the module looks at it. */
function at(pathname: string, hash: string): string[] {
  const shown: string[] = [];
  Object.assign(globalThis, { location: { pathname, hash }, history: { state: null, replaceState: (_: unknown, __: string, path: string) => shown.push(path) } });
  return shown;
}

describe("a secret in the fragment", () => {
  beforeEach(() => vi.resetModules());

  it.each(["/setup", "/g", "/g/"])("leaves the address of %s at once, and is kept in memory alone", async (path) => {
    const shown = at(path, "#s3cret");
    const { dropSecret, takeSecret } = await import("./secret");
    expect(takeSecret()).toBe("s3cret");
    expect(shown).toEqual([path]);
    at(path, "");
    expect(takeSecret()).toBe("s3cret");
    dropSecret();
    expect(takeSecret()).toBe("");
  });

  it("is not looked for elsewhere", async () => {
    const shown = at("/r/1", "#answering");
    const { takeSecret } = await import("./secret");
    expect(takeSecret()).toBe("");
    expect(shown).toEqual([]);
  });

  it("of a second link replaces the first", async () => {
    at("/g", "#one");
    const { takeSecret } = await import("./secret");
    takeSecret();
    at("/g", "#two");
    expect(takeSecret()).toBe("two");
  });
});
