import { describe, expect, it } from "vitest";
import { agentName } from "./agent";
import { isGroup, isLogin, passwordFrom } from "./rules";

describe("names and passwords", () => {
  it("logins are what the server takes", () => {
    for (const good of ["a", "li.wei", "0x", "mei@example.org", "a".repeat(64)]) expect(isLogin(good), good).toBe(true);
    for (const bad of ["", "Li", ".a", "a b", "梅", "a".repeat(65), "a/b", "group:x"]) expect(isLogin(bad), bad).toBe(false);
    for (const bad of ["", "a b", "a:b", "a,b", "x".repeat(65)]) expect(isGroup(bad), bad).toBe(false);
    expect(isGroup("运维")).toBe(true);
  });

  it("a password uses all of the chance that it is given, and no letter is likelier", () => {
    const counts = new Map<string, number>();
    for (let byte = 0; byte < 256; byte += 1) {
      const password = passwordFrom((bytes) => bytes.fill(byte));
      expect(password).toMatch(/^[a-km-np-z2-9]{5}(-[a-km-np-z2-9]{5}){3}$/);
      counts.set(password, (counts.get(password) ?? 0) + 1);
    }
    expect(counts.size).toBe(32);
    expect(new Set(counts.values())).toEqual(new Set([8]));
  });

  it("a browser is told in two words", () => {
    expect(agentName("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15")).toBe("Safari · macOS");
    expect(agentName("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0")).toBe("Edge · Windows");
    expect(agentName("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36")).toBe("Chrome · Android");
    expect(agentName("x".repeat(200))).toHaveLength(60);
  });
});
