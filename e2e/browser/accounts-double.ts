//! A stand-in for a server with accounts, for tests of pages alone: the real program without accounts answers what it can,
//! and this answers the rest after the contract, from memory. Neighbours: `accounts.ts` chooses between it and the real one.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, request as outgoing, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, resolve } from "node:path";
import { startAskwell } from "./harness";
import type { NewPerson, WithAccounts } from "./accounts";

interface User { login: string; name: string; email: string | null; groups: string[]; admin: boolean; disabled_at: string | null; created_at: string; password: string | null; external: boolean }
interface SignedIn { id: string; kind: "user" | "guest"; login: string; method: string; created_at: string; session?: string; agent: string }
interface Facts { requester: string; requester_token: string | null; on_behalf_of: string | null; watchers: string[]; assignee: string | null; candidates: string[]; step_up: "passkey" | null }
type Json = Record<string, unknown>;

const DIST = resolve(import.meta.dirname, "../../web/dist");
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types askwell";
const TYPES: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json" };

/** The page as it was built, under its own policy. */
function page(path: string, response: ServerResponse): void {
  const wanted = join(DIST, normalize(path));
  const file = wanted.startsWith(DIST) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(DIST, "index.html");
  response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "text/html; charset=utf-8", "Content-Security-Policy": POLICY });
  response.end(readFileSync(file));
}

const stamp = () => new Date().toISOString();
const secret = () => randomBytes(12).toString("hex");

export async function startDouble(people: NewPerson[], setup = false): Promise<WithAccounts> {
  const real = await startAskwell();
  const users = new Map<string, User>();
  const signedIn = new Map<string, SignedIn>();
  const facts = new Map<string, Facts>();
  const tokens: (Json & { id: string; owner: string; secret: string; revoked_at: string | null; name: string })[] = [];
  const links: { id: string; secret: string; name: string; session: string; invited_by: string; created_at: string; expires_at: string | null; used_at: string | null; ended_at: string | null }[] = [];
  const passkeys: { id: string; name: string; created_at: string; last_used_at: null; owner: string }[] = [];
  const audit: Json[] = [];
  const tries = new Map<string, number>();
  const setupSecret = secret();

  const add = ({ login, name, groups = [], admin = false, password }: NewPerson) =>
    users.set(login, { login, name: name ?? login, email: `${login}@example.test`, groups, admin, disabled_at: null, created_at: stamp(), password: password ?? null, external: !password });
  if (!setup) people.forEach(add);

  const note = (who: SignedIn | undefined, action: string, more: Json = {}) =>
    audit.push({ number: audit.length + 1, at: stamp(), action, verdict: "done", actor: who ? `${who.kind}:${who.login}` : "nobody", on_behalf_of: null, method: who?.method ?? null, credential: who?.id ?? null, address: "127.0.0.1", request_id: secret(), session_id: null, version: null, content_hash: null, subject: null, detail: {}, ...more });

  const meOf = (who: SignedIn | undefined): Json | null => {
    if (!who) return null;
    if (who.kind === "guest") return { kind: "guest", login: null, name: who.login, email: null, groups: [], admin: false, scopes: [], method: "guest", expires_at: null, session_id: who.session, has_password: false, passkeys: 0, invited_by: links.find((each) => each.session === who.session)?.invited_by };
    const user = users.get(who.login);
    if (!user || user.disabled_at) return null;
    return { kind: "user", login: user.login, name: user.name, email: user.email, groups: user.groups, admin: user.admin, scopes: ["create", "read", "respond"], method: who.method, expires_at: null, session_id: null, has_password: user.password !== null, passkeys: passkeys.filter((each) => each.owner === user.login).length };
  };
  const auth = () => ({ enabled: true, ways: ["password", "oauth"], provider: "Keycloak", setup: users.size === 0, passkeys: true, guest_links: true });
  const wire = ({ password, ...user }: User): Json => ({ ...user, has_password: password !== null });

  const decorate = (session: Json, who?: SignedIn, one = false): Json => {
    const known = facts.get(String(session.session_id));
    if (!known) return session;
    const user = who && users.get(who.login);
    const named = !known.assignee && !known.candidates.length ? true : known.assignee === who?.login || known.candidates.some((each) => each === who?.login || user?.groups.some((group) => each === `group:${group}`));
    const asked = known.requester === who?.login || known.on_behalf_of === who?.login;
    const respond = who?.kind === "guest" ? who.session === session.session_id : named && !asked;
    const admin = user?.admin === true;
    const may = { respond, delegate: respond && who?.kind === "user", cancel: admin || asked, extend: admin || asked || named, assign: admin || asked, invite: who?.kind === "user" && (respond || (admin && !asked)), redeliver: admin || asked };
    return { ...session, ...known, ...(one ? { may } : {}) };
  };

  const refuse = (response: ServerResponse, status: number, code: string, detail: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, { "Content-Type": "application/problem+json", ...headers });
    response.end(JSON.stringify({ success: false, type: code, title: detail, status, detail, code, request_id: secret() }));
  };
  const tell = (response: ServerResponse, body: Json, headers: Record<string, string> = {}) => {
    response.writeHead(200, { "Content-Type": "application/json", ...headers });
    response.end(JSON.stringify({ success: true, ...body }));
  };
  const login = (response: ServerResponse, who: Omit<SignedIn, "id" | "created_at">, more: Json = {}) => {
    const id = secret();
    const made: SignedIn = { ...who, id, created_at: stamp() };
    signedIn.set(id, made);
    note(made, who.kind === "guest" ? "guest.entered" : "login.done");
    tell(response, { me: meOf(made), ...more }, { "Set-Cookie": `askwell=${id}; HttpOnly; SameSite=Lax; Path=/` });
  };

  /** What the real program says, with what accounts add. */
  const pass = (incoming: IncomingMessage, response: ServerResponse, body: string, who?: SignedIn, bearer?: (typeof tokens)[number]) => {
    for (const name of ["origin", "referer", "cookie", "authorization", "sec-fetch-site"]) delete incoming.headers[name];
    const forward = outgoing(new URL(incoming.url ?? "/", real.url), { method: incoming.method, headers: { ...incoming.headers, host: new URL(real.url).host, "accept-encoding": "identity", ...(body ? { "content-length": String(Buffer.byteLength(body)) } : {}) } }, (answer) => {
      const type = answer.headers["content-type"] ?? "";
      const headers = { ...answer.headers };
      if (/event-stream/.test(type)) {
        response.writeHead(answer.statusCode ?? 502, headers);
        answer.setEncoding("utf8").on("data", (chunk: string) => response.write(chunk.replace(/^data: (\{.*\})$/gm, (line, json: string) => {
          const told = JSON.parse(json) as { session?: Json };
          return told.session ? `data: ${JSON.stringify({ ...told, session: decorate(told.session, who) })}` : line;
        })));
        answer.on("end", () => response.end());
        response.on("close", () => forward.destroy());
        return;
      }
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => {
        let whole = Buffer.concat(parts);
        if (/json/.test(type) && /^\/api\/sessions/.test(incoming.url ?? "")) {
          const told = JSON.parse(whole.toString()) as { session?: Json; sessions?: Json[] };
          if (told.session && incoming.method === "POST" && /\/sessions\/?$/.test(incoming.url ?? "")) {
            const asked = JSON.parse(body) as { assignee?: string; candidates?: string[]; metadata?: { step_up?: "passkey" } };
            facts.set(String(told.session.session_id), { requester: bearer?.owner ?? who?.login ?? "nobody", requester_token: bearer?.name ?? null, on_behalf_of: null, watchers: [], assignee: asked.assignee ?? null, candidates: asked.candidates ?? [], step_up: asked.metadata?.step_up ?? null });
            note(who, "session.opened", { session_id: told.session.session_id, actor: bearer ? `token:${bearer.id}` : `user:${who?.login}`, on_behalf_of: bearer?.owner ?? null, version: 1 });
          }
          if (told.session) told.session = decorate(told.session, who, incoming.method === "GET");
          if (told.sessions) told.sessions = told.sessions.map((each) => decorate(each, who));
          whole = Buffer.from(JSON.stringify(told));
          headers["content-length"] = String(whole.length);
        }
        response.writeHead(answer.statusCode ?? 502, headers);
        response.end(whole);
      });
    });
    forward.on("error", () => response.destroy());
    forward.end(body || undefined);
  };

  const answer = (incoming: IncomingMessage, response: ServerResponse, text: string) => {
    const url = new URL(incoming.url ?? "/", "http://double");
    const path = decodeURIComponent(url.pathname);
    const cookie = /askwell=(\w+)/.exec(incoming.headers.cookie ?? "")?.[1] ?? "";
    const found = signedIn.get(cookie);
    const who = found && meOf(found) ? found : undefined;
    const bearer = tokens.find((each) => !each.revoked_at && incoming.headers.authorization === `Bearer ${each.secret}`);
    const body = (/json/.test(incoming.headers["content-type"] ?? "") && text ? JSON.parse(text) : {}) as Json;
    const at = (method: string, pattern: RegExp) => (incoming.method === method ? pattern.exec(path) : null);
    const agent = incoming.headers["user-agent"] ?? "";
    let match: RegExpExecArray | null;

    if (/^\/socket\.io/.test(path)) return refuse(response, 404, "not_found", "No sockets here.");
    if (!/^\/(api|docs)\b/.test(path)) return page(path, response);
    if (path === "/api/health") return pass(incoming, response, text);
    if (at("GET", /^\/api\/me$/)) return tell(response, { me: meOf(who), auth: auth() });
    if (at("POST", /^\/api\/login$/)) {
      const name = String(body.login);
      const count = tries.get(name) ?? 0;
      if (count >= 5) return refuse(response, 429, "too_many_requests", "Too many tries.", { "Retry-After": "37" });
      const user = users.get(name);
      if (!user || user.disabled_at || !user.password || user.password !== body.password) {
        tries.set(name, count + 1);
        note(undefined, "login.refused", { verdict: "refused", subject: name });
        return refuse(response, 401, "bad_credentials", "The login or the password is not right.");
      }
      return login(response, { kind: "user", login: user.login, method: "password", agent });
    }
    if (at("POST", /^\/api\/setup$/)) {
      if (users.size) return refuse(response, 409, "already_set_up", "There is a user already.");
      if (body.secret !== setupSecret) return refuse(response, 401, "bad_setup_secret", "Not the secret.");
      add({ login: String(body.login), name: String(body.name), admin: true, password: String(body.password) });
      return login(response, { kind: "user", login: String(body.login), method: "setup", agent });
    }
    if (at("POST", /^\/api\/guest$/)) {
      const link = links.find((each) => each.secret === body.secret && !each.ended_at);
      if (!link) return refuse(response, 401, "bad_link", "This link leads nowhere.");
      if (link.used_at) return refuse(response, 410, "link_used", "This link has been used.");
      link.used_at = stamp();
      return login(response, { kind: "guest", login: link.name, method: "guest", session: link.session, agent }, { session_id: link.session });
    }
    if (at("GET", /^\/api\/login\/oauth$/)) {
      response.writeHead(302, { Location: `/login?error=provider_unavailable&return_to=${encodeURIComponent(url.searchParams.get("return_to") ?? "/")}` });
      return response.end();
    }
    if (!who && !bearer) return refuse(response, 401, "unauthenticated", "Sign in first.");
    if (at("POST", /^\/api\/logout$/)) {
      signedIn.delete(cookie);
      return tell(response, {}, { "Set-Cookie": "askwell=; Max-Age=0; Path=/" });
    }
    const user = who && users.get(who.login);
    const session = /^\/api\/sessions\/([^/]+)(?:\/(.*))?$/.exec(path);
    if (session?.[1]) {
      const id = session[1];
      const known = facts.get(id);
      const back = () => {
        incoming.method = "GET";
        incoming.url = `/api/sessions/${id}`;
        delete incoming.headers["content-type"];
        delete incoming.headers["content-length"];
        return pass(incoming, response, "", who);
      };
      if (who?.kind === "guest" && who.session !== id) return refuse(response, 404, "session_not_found", "No such session.");
      const exists = (login: unknown) => users.has(String(login));
      if (known && session[2] === "assign") {
        if (body.assignee !== null && !exists(body.assignee)) return refuse(response, 422, "unknown_person", "Nobody has this login.");
        known.assignee = body.assignee as string | null;
        note(who, "session.assigned", { session_id: id, subject: body.assignee });
        return back();
      }
      if (known && session[2] === "delegate") {
        if (!exists(body.to)) return refuse(response, 422, "unknown_person", "Nobody has this login.");
        Object.assign(known, { assignee: body.to, watchers: [...known.watchers, who?.login] });
        note(who, "session.delegated", { session_id: id, subject: body.to });
        return back();
      }
      if (known && session[2] === "candidates") {
        known.candidates = body.candidates as string[];
        return back();
      }
      if (known && session[2] === "guest-links") {
        const shown = (each: (typeof links)[number]) => ({ ...each, secret: undefined });
        if (incoming.method === "GET") return tell(response, { links: links.filter((each) => each.session === id).map(shown) });
        const link = { id: secret(), secret: secret(), name: String(body.name), session: id, invited_by: who?.login ?? "", created_at: stamp(), expires_at: null, used_at: null, ended_at: null };
        links.push(link);
        return tell(response, { link: shown(link), url: `${address}/g#${link.secret}` });
      }
      if ((match = /^guest-links\/(.+)$/.exec(session[2] ?? ""))) {
        const link = links.find((each) => each.id === match?.[1]);
        if (link) link.ended_at = stamp();
        return tell(response, {});
      }
      if (session[2] === "step-up") return tell(response, { options: { challenge: "AAAA", rpId: "localhost", allowCredentials: [], userVerification: "required" }, state: "s" });
      if (session[2] === "respond") {
        if (known?.step_up && !body.assertion) return refuse(response, 403, "step_up_required", "This answer needs a passkey.");
        note(who, "session.answered", { session_id: id, content_hash: body.content_hash, version: 2 });
        const given = JSON.stringify({ ...body, assertion: undefined, user_id: who?.kind === "guest" ? `guest:${who.login}` : who?.login });
        return pass(incoming, response, given, who);
      }
    }
    if (at("GET", /^\/api\/account\/logins$/)) return tell(response, { logins: [...signedIn.values()].filter((each) => each.login === who?.login).map((each) => ({ id: each.id, method: each.method, address: "127.0.0.1", agent: each.agent, created_at: each.created_at, expires_at: new Date(Date.now() + 12 * 3600_000).toISOString(), current: each.id === cookie })) });
    if ((match = at("DELETE", /^\/api\/account\/logins\/(.+)$/))) return signedIn.delete(match[1] ?? ""), tell(response, {});
    if (at("PUT", /^\/api\/account\/password$/) && user) {
      if (user.password !== body.current) return refuse(response, 401, "bad_credentials", "The current password is not right.");
      user.password = String(body.password);
      return tell(response, {});
    }
    if (at("GET", /^\/api\/account\/passkeys$/)) return tell(response, { passkeys: passkeys.filter((each) => each.owner === who?.login) });
    if (at("POST", /^\/api\/account\/passkeys\/options$/)) return tell(response, { state: "s", options: { rp: { id: "localhost", name: "Askwell" }, user: { id: "AAAA", name: who?.login, displayName: who?.login }, challenge: "AAAA", pubKeyCredParams: [{ type: "public-key", alg: -7 }], authenticatorSelection: { residentKey: "preferred", userVerification: "required" }, excludeCredentials: [] } });
    if (at("POST", /^\/api\/account\/passkeys$/)) {
      const passkey = { id: secret(), name: String(body.name), created_at: stamp(), last_used_at: null, owner: who?.login ?? "" };
      passkeys.push(passkey);
      return tell(response, { passkey });
    }
    if ((match = at("DELETE", /^\/api\/account\/passkeys\/(.+)$/))) {
      passkeys.splice(passkeys.findIndex((each) => each.id === match?.[1]), 1);
      return tell(response, {});
    }
    if (at("GET", /^\/api\/people$/)) {
      const q = (url.searchParams.get("q") ?? "").toLowerCase();
      const all = [...users.values()].filter((each) => !each.disabled_at);
      return tell(response, { people: all.filter((each) => `${each.login} ${each.name}`.toLowerCase().includes(q)).map(({ login, name }) => ({ login, name })), groups: [...new Set(all.flatMap((each) => each.groups))].filter((each) => each.includes(q)) });
    }
    if (at("GET", /^\/api\/tokens$/)) return tell(response, { tokens: tokens.filter((each) => url.searchParams.get("all") || each.owner === who?.login).map((each) => ({ ...each, secret: undefined })) });
    if (at("POST", /^\/api\/tokens$/)) {
      const token = { id: secret(), secret: `ask_${secret()}`, name: String(body.name), owner: String(body.owner ?? who?.login), scopes: body.scopes, workflow_prefix: body.workflow_prefix ?? null, created_at: stamp(), expires_at: body.expires_in ? new Date(Date.now() + Number(body.expires_in) * 1000).toISOString() : null, last_used_at: null, revoked_at: null };
      tokens.push(token);
      note(who, "token.created", { subject: token.id });
      return tell(response, { token: { ...token, secret: undefined }, secret: token.secret });
    }
    if ((match = at("DELETE", /^\/api\/tokens\/(.+)$/))) {
      const token = tokens.find((each) => each.id === match?.[1]);
      if (token) token.revoked_at = stamp();
      return tell(response, {});
    }
    if (/^\/api\/(users|audit|deliveries)/.test(path) && !user?.admin) return refuse(response, 403, "forbidden", "This is for administrators.");
    if (at("GET", /^\/api\/deliveries$/)) {
      const state = url.searchParams.get("state");
      const made = (given: string, status: number | null, count: number): Json => ({
        delivery_id: `d-${given}`, session_id: [...facts.keys()][0], version: 2, url: "https://hooks.example.com/askwell/deploy-payments?source=release", state: given, attempts_made: count, last_status: status, created_at: stamp(), next_attempt_at: given === "pending" ? stamp() : null,
        attempts: Array.from({ length: count }, () => ({ at: stamp(), took_ms: 142, status, error: status === 200 ? null : "the receiver did not take it" })),
      });
      return tell(response, { deliveries: [made("pending", 503, 2), made("delivered", 200, 1), made("refused", 410, 1), made("dead", null, 8)].filter((each) => !state || each.state === state), next_cursor: null });
    }
    if (at("GET", /^\/api\/users$/)) return tell(response, { users: [...users.values()].map(wire), next: null });
    if (at("POST", /^\/api\/users$/)) {
      if (users.has(String(body.login))) return refuse(response, 409, "login_taken", "Somebody has this login.");
      add(body as unknown as NewPerson);
      return tell(response, { user: wire(users.get(String(body.login)) as User) });
    }
    if ((match = at("PATCH", /^\/api\/users\/(.+)$/))) {
      const changed = users.get(match[1] ?? "");
      if (!changed) return refuse(response, 404, "not_found", "No such user.");
      const { disabled, ...rest } = body;
      Object.assign(changed, rest, disabled === undefined ? {} : { disabled_at: disabled ? stamp() : null });
      note(who, disabled ? "user.disabled" : "user.changed", { subject: changed.login });
      return tell(response, { user: wire(changed) });
    }
    if (at("GET", /^\/api\/audit$/)) {
      const wants = (name: string) => url.searchParams.get(name) ?? "";
      return tell(response, { entries: audit.toReversed().filter((each) => String(each.actor).includes(wants("actor")) && String(each.action).startsWith(wants("action")) && String(each.session_id ?? "").includes(wants("session_id"))), next: null });
    }
    return pass(incoming, response, text, who, bearer);
  };

  let address = "";
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => answer(incoming, response, Buffer.concat(parts).toString()));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  // By name: passkeys exist under a name only.
  address = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: address,
    api: `${address}/api`,
    setupSecret,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await real.stop();
    },
  };
}
