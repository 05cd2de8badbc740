import { describe, expect, it, vi } from "vitest";
import type { Auth, Me } from "../api/accounts";
import type { Session } from "../api/types";

vi.mock("../me", () => ({ identity: () => ({ me: null, auth: null, part: null }) }));
const { isForMe, isNamed, mayOf } = await import("./concern");

const me = (more: Partial<Me> = {}): Me => ({ kind: "user", login: "mei", name: "Mei", groups: ["ops"], admin: false, scopes: [], has_password: true, passkeys: 0, ...more });
const session = (more: object = {}): Session => ({ session_id: "s", requester: "bot", candidates: [], ...more }) as unknown as Session;
const forMe = (asked: Session, who: Me | null = me(), auth: Partial<Auth> = {}) => isForMe(asked, { me: who, auth: auth as Auth });

describe("whom a request concerns", () => {
  it("everybody, where nobody is named", () => {
    expect(forMe(session())).toBe(true);
  });
  it("assignee, candidates and members of groups", () => {
    expect(forMe(session({ assignee: "mei" }))).toBe(true);
    expect(forMe(session({ assignee: "han" }))).toBe(false);
    expect(forMe(session({ assignee: "han", candidates: ["mei"] }))).toBe(true);
    expect(forMe(session({ candidates: ["group:ops"] }))).toBe(true);
    expect(forMe(session({ candidates: ["group:finance", "ops"] }))).toBe(false);
    expect(forMe(session({ candidates: ["group:ops"] }), me({ admin: true, groups: [] }))).toBe(false);
  });
  it("never who asked, by no detour, unless the owner allows it", () => {
    expect(forMe(session({ requester: "mei" }))).toBe(false);
    expect(forMe(session({ on_behalf_of: "mei" }))).toBe(false);
    expect(forMe(session({ requester: "mei", candidates: ["mei"] }))).toBe(false);
    expect(forMe(session({ requester: "mei" }), me(), { requester_may_answer: true })).toBe(true);
  });
  it("a guest, by the link alone", () => {
    const guest = me({ kind: "guest", login: null, groups: [], session_id: "s" });
    expect(forMe(session({ assignee: "han" }), guest)).toBe(true);
    expect(forMe(session({ session_id: "other" }), guest)).toBe(false);
  });
  it("nobody is named who is not known", () => {
    expect(isNamed(session({ assignee: "mei" }), { me: null, auth: null })).toBe(false);
  });
  it("the server's word goes before the guess", () => {
    const may = { respond: true, delegate: false, cancel: false, extend: false, assign: false, invite: false, redeliver: false };
    expect(mayOf(session({ assignee: "han", may }), "respond")).toBe(true);
    expect(mayOf(session({ assignee: "han" }), "respond")).toBe(false);
    expect(mayOf(session(), "respond")).toBe(true);
    expect(mayOf(session(), "cancel")).toBe(false);
  });
});
