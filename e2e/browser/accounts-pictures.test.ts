//! The screens of accounts: nothing inaccessible, nothing forbidden, nothing too wide. The pictures are kept, to be looked at.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { as, askWith, signIn, startWithAccounts, type WithAccounts } from "./accounts";
import { type Look, openPage, overflow, SHOTS, startBrowser, violations, type Watched } from "./harness";
import { inaccessible } from "./screens";

const FOLDER = join(SHOTS, "accounts");
const PASSWORD = "correct horse battery";
const PEOPLE = [
  { login: "li.wei", name: "李伟", admin: true, groups: ["ops", "release"], password: PASSWORD },
  { login: "han.mei", name: "韩梅", groups: ["ops"], password: PASSWORD },
  { login: "alice", name: "Alice Okonkwo-Lindqvist", groups: ["finance", "release"], password: PASSWORD },
  { login: "bob", name: "Bob", password: PASSWORD },
];
const question = (title: string, more: object = {}) => ({
  interaction_data: { interaction_type: "confirmation", title, message: "All checks passed.", timeout: 3600, options: [{ value: "deploy", label: "Approve deploy" }, { value: "hold", label: "Reject" }] },
  workflow_id: "deploy-payments", ...more,
});

let server: WithAccounts;
let fresh: WithAccounts;
let browser: Browser;
const ids: Record<string, string> = {};
/** Works once, so each look gets its own. */
let guestLink = "";

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  [server, fresh, browser] = await Promise.all([startWithAccounts(PEOPLE), startWithAccounts([]), startBrowser()]);
  const { page, context } = await openPage(browser, server.url);
  await signIn(page, "li.wei", PASSWORD);
  const made = await as(context, server, "POST", "/tokens", { name: "release-bot", scopes: ["create", "read"], workflow_prefix: "deploy-", owner: "alice" });
  await as(context, server, "POST", "/tokens", { name: "nightly-report", scopes: ["read"], expires_in: 7_776_000 });
  await as(context, server, "POST", "/tokens", { name: "etl", scopes: ["create"] });
  const old = (await as(context, server, "POST", "/tokens", { name: "old-bot", scopes: ["create"] })).token as { id: string };
  await as(context, server, "DELETE", `/tokens/${old.id}`);
  await as(context, server, "PATCH", "/users/bob", { disabled: true });
  ids.mine = await askWith(server, String(made.secret), question("Deploy payments v3.8.2 to production?", { candidates: ["group:ops"] }));
  ids.theirs = await askWith(server, String(made.secret), question("Pay the invoice of ACME?", { assignee: "han.mei" }));
  const own = (await as(context, server, "POST", "/sessions", question("Rotate the signing keys?"))).session as { session_id: string };
  ids.own = own.session_id;
  ids.guest = await askWith(server, String(made.secret), question("Accept the offer of the agency?"));
  await context.close();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([server?.stop(), fresh?.stop()]);
});

interface Screen {
  path: () => string;
  seen: string;
  act?: (page: Page) => Promise<unknown>;
}

const PUBLIC: Record<string, Screen> = {
  login: { path: () => `${server.url}/login?return_to=%2Fhistory`, seen: "form" },
  "login-wrong": { path: () => `${server.url}/login`, seen: "form", act: async (page) => {
    await page.locator("input[name=username]").fill("mallory");
    await page.locator("input[name=password]").fill("not the password");
    await page.locator("form button[type=submit]").click();
    await page.locator("[role=alert]").waitFor();
  } },
  "login-refused": { path: () => `${server.url}/login?error=not_invited`, seen: "[role=alert]" },
  "setup-none": { path: () => `${fresh.url}/`, seen: "h1" },
  setup: { path: () => `${fresh.url}/setup#${fresh.setupSecret}`, seen: "form", act: async (page) => {
    await page.locator("form button[type=submit]").click();
    await page.locator(".field-error").first().waitFor();
  } },
  guest: { path: () => `${server.url}/g#nothing`, seen: "h1" },
  "guest-in": { path: () => guestLink, seen: "button.solid", act: async (page) => {
    await page.locator("button.solid").click();
    await page.locator(".guest .bar-choices").waitFor();
  } },
  "guest-bad": { path: () => `${server.url}/g#nothing`, seen: "button.solid", act: async (page) => {
    await page.locator("button.solid").click();
    await page.locator("a[href='/login']").waitFor();
  } },
};

const press = (name: RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();
const menu = async (page: Page) => {
  await page.locator(".more button[popovertarget]:visible").click();
  await page.locator(".menu:popover-open button").first().waitFor();
};

const PRIVATE: Record<string, Screen> = {
  inbox: { path: () => "/", seen: ".row" },
  request: { path: () => `/r/${ids.mine}`, seen: ".bar-choices" },
  menu: { path: () => `/r/${ids.mine}`, seen: ".bar-choices", act: menu },
  "request-theirs": { path: () => `/r/${ids.theirs}`, seen: ".not-yours" },
  "request-own": { path: () => `/r/${ids.own}`, seen: ".not-yours" },
  delegate: { path: () => `/r/${ids.mine}`, seen: ".bar-choices", act: async (page) => {
    await menu(page);
    await page.locator(".menu:popover-open button", { hasText: /Delegate|转交/ }).click();
    await page.locator("[role=combobox]").focus();
    await page.locator(".person-list li").first().waitFor();
  } },
  candidates: { path: () => `/r/${ids.own}`, seen: ".not-yours", act: async (page) => {
    await menu(page);
    await page.locator(".menu:popover-open button", { hasText: /Who may|谁可以/ }).click();
    await page.locator("dialog[open]").waitFor();
  } },
  invite: { path: () => `/r/${ids.guest}`, seen: ".bar-choices", act: async (page) => {
    await menu(page);
    await page.locator(".menu:popover-open button", { hasText: /Invite|邀请/ }).click();
    await page.locator("dialog[open] input").fill("Dana");
    await page.locator("dialog[open] button[type=submit]").click();
    await page.locator("dialog[open] pre").waitFor();
  } },
  settings: { path: () => "/settings", seen: ".setting-buttons" },
  account: { path: () => "/account", seen: ".things" },
  password: { path: () => "/account", seen: ".things", act: async (page) => {
    await press(/Change password|修改密码/)(page);
    await page.locator("input[name=new-password]").fill("short");
    await page.locator("input[name=current-password]").fill("x");
    await page.locator("form.entry button[type=submit]").click();
    await page.locator(".field-error").waitFor();
  } },
  people: { path: () => "/people", seen: ".ledger" },
  groups: { path: () => "/people?view=groups", seen: ".group-list" },
  add: { path: () => "/people", seen: ".ledger", act: async (page) => {
    await press(/Add a person|添加人员/)(page);
    await page.locator("dialog[open] form").waitFor();
  } },
  edit: { path: () => "/people", seen: ".ledger", act: async (page) => {
    await page.locator(".ledger tr td:last-child button").nth(0).click();
    await page.locator("dialog[open] form").waitFor();
  } },
  disable: { path: () => "/people", seen: ".ledger", act: async (page) => {
    await page.locator(".ledger tbody tr", { hasText: "han.mei" }).locator("td:last-child button").click();
    await page.locator("dialog[open] .reject").click();
    await page.locator("dialog[open] .danger").waitFor();
  } },
  tokens: { path: () => "/tokens?all=1", seen: ".ledger" },
  "token-new": { path: () => "/tokens", seen: ".ledger", act: async (page) => {
    await press(/New token|新建令牌/)(page);
    await page.locator("dialog[open] form").waitFor();
  } },
  "token-shown": { path: () => "/tokens", seen: ".ledger", act: async (page) => {
    await press(/New token|新建令牌/)(page);
    await page.locator("dialog[open] input").first().fill("shown-bot");
    await page.locator("dialog[open] button[type=submit]").click();
    await page.locator("dialog[open] pre").first().waitFor();
  } },
  webhooks: { path: () => "/webhooks", seen: ".ledger, .notice", act: async (page) => {
    const tries = page.locator(".ledger [aria-expanded]").first();
    if (await tries.count()) await tries.click();
  } },
  audit: { path: () => "/audit", seen: ".ledger" },
  "audit-open": { path: () => "/audit", seen: ".ledger", act: async (page) => {
    await page.locator(".audit-open").first().click();
    await page.locator(".audit-entry").waitFor();
  } },
};

async function look(watched: Watched, name: string, at: Look, url: string, screen: Screen): Promise<void> {
  const { page, faults } = watched;
  // Away first, so that an address that differs in its fragment alone is loaded anew.
  await page.goto(`${server.url}/favicon.svg`);
  await page.goto(url);
  await page.locator(screen.seen).first().waitFor();
  await screen.act?.(page);
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
  await page.screenshot({ path: join(FOLDER, `${name}-${at.language}-${at.theme}-${at.width}.png`) });
  const barred = await violations(page);
  expect({ faults: [...faults.splice(0), ...barred], overflow: await overflow(page), inaccessible: await inaccessible(page) }).toEqual({ faults: [], overflow: 0, inaccessible: [] });
}

const ONLY = process.env.ASKWELL_SCREENS;
const wanted = (screens: Record<string, Screen>) => Object.keys(screens).filter((name) => !ONLY || new RegExp(ONLY).test(name));
const LOOKS = [
  { language: "en", theme: "light", width: 1440 },
  { language: "zh-CN", theme: "dark", width: 1440 },
  { language: "zh-CN", theme: "light", width: 360 },
  { language: "en", theme: "dark", width: 360 },
] as const;

describe.each(LOOKS)("$language $theme $width", (at) => {
  let watched: Watched;
  const height = at.width < 861 ? 780 : 900;
  describe("nobody", () => {
    beforeAll(async () => {
      const { page, context } = await openPage(browser, server.url);
      await signIn(page, "li.wei", PASSWORD);
      guestLink = String((await as(context, server, "POST", `/sessions/${ids.guest}/guest-links`, { name: "Dana" })).url);
      await context.close();
    });
    beforeAll(async () => void (watched = await openPage(browser, `${server.url}/favicon.svg`, { ...at, height })));
    afterAll(() => watched?.context.close());
    it.each(wanted(PUBLIC))("%s", (name) => look(watched, name, at, (PUBLIC[name] as Screen).path(), PUBLIC[name] as Screen));
  });
  describe("somebody", () => {
    beforeAll(async () => {
      watched = await openPage(browser, `${server.url}/login`, { ...at, height });
      await signIn(watched.page, "li.wei", PASSWORD);
    });
    afterAll(() => watched?.context.close());
    it.each(wanted(PRIVATE))("%s", (name) => look(watched, name, at, server.url + (PRIVATE[name] as Screen).path(), PRIVATE[name] as Screen));
  });
});
