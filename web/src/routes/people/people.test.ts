import { describe, expect, it } from "vitest";
import type { User } from "../../api/accounts";
import { groupsOf } from "./groups";
import { isLastAdmin } from "./admins";

const user = (login: string, more: Partial<User> = {}): User => ({ login, name: "", email: null, groups: [], admin: false, disabled_at: null, created_at: "2026-01-01T00:00:00Z", has_password: true, external: false, ...more });

describe("people", () => {
  it("groups are what people are in, in order", () => {
    const groups = groupsOf([user("b", { groups: ["ops", "dev"] }), user("a", { groups: ["ops"] }), user("c")]);
    expect([...groups].map(([name, members]) => [name, members.map((each) => each.login)])).toEqual([["dev", ["b"]], ["ops", ["b", "a"]]]);
  });
  it("the last administrator is whoever is alone in it, disabled ones aside", () => {
    const root = user("root", { admin: true });
    expect(isLastAdmin(root, [root, user("a")])).toBe(true);
    expect(isLastAdmin(root, [root, user("a", { admin: true })])).toBe(false);
    expect(isLastAdmin(root, [root, user("a", { admin: true, disabled_at: "2026-01-01T00:00:00Z" })])).toBe(true);
    expect(isLastAdmin(user("a"), [root, user("a")])).toBe(false);
  });
});
