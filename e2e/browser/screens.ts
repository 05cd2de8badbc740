//! Every screen at a given width, in both languages and themes: nothing inaccessible, nothing forbidden, nothing too wide.
//! The pictures are kept, to be looked at. Neighbours: `desk.test.ts`, `phone.test.ts` and `small.test.ts`, one width each.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { browser, openPage, overflow, serve, server, SHOTS, violations, type Watched } from "./harness";
import { fillInbox } from "./scene";

const AXE = readFileSync(createRequire(resolve(import.meta.dirname, "../../web/package.json")).resolve("axe-core/axe.min.js"), "utf8");
const ONLY = process.env.ASKWELL_SCREENS;

let ids: Record<string, string>;

interface Screen {
  path: () => string;
  /** What must be there before one looks. */
  seen: string;
  act?: (page: Page) => Promise<void>;
}

const request = (name: string, act?: Screen["act"]): Screen => ({ path: () => `/r/${ids[name]}`, seen: ".question", ...(act ? { act } : {}) });

const SCREENS: Record<string, Screen> = {
  inbox: { path: () => "/", seen: ".row" },
  done: { path: () => "/?tab=done", seen: ".row" },
  confirmation: request("deploy"),
  menu: request("deploy", async (page) => {
    await page.locator(".more button[popovertarget]:visible").click();
    await page.locator(".menu:popover-open button").first().waitFor();
  }),
  check: request("deploy", async (page) => {
    await page.locator("[data-choice='0']").click();
    await page.locator(".check").waitFor();
    if (await page.locator(".hold-button").count()) await page.locator(".check-other").click();
    await page.locator(".check-field").waitFor();
  }),
  hold: request("deploy", async (page) => {
    await page.locator("[data-choice='0']").click();
    await page.locator(".check").waitFor();
    if (!(await page.locator(".hold-button").count())) await page.locator(".check-other").click();
    await page.locator(".hold-button").waitFor();
  }),
  picked: { path: () => "/", seen: ".row", act: async (page) => {
    if (await page.locator(".list-pick").isVisible()) await page.locator(".list-pick").click();
    for (const id of [ids.cache, ids.cache2]) await page.locator(`.row:has([data-session="${id}"]) input`).check();
    await page.locator(".bulk-verbs button").first().waitFor();
  } },
  review: request("review", async (page) => void (await page.locator(".asked").waitFor())),
  changes: request("review", async (page) => {
    await page.locator("[data-choice=modify]").click();
    await page.locator("[data-wanted]").waitFor();
  }),
  reviewed: request("review1"),
  unverified: request("review1", async (page) => {
    await page.locator(".explained").click();
    await page.locator(".explanation:popover-open").waitFor();
  }),
  selection: request("select", async (page) => page.locator(".option").first().click()),
  form: request("form", async (page) => {
    await page.locator("[data-choice=submit]").click();
    await page.locator(".field-error").first().waitFor();
  }),
  upload: request("upload"),
  custom: request("custom"),
  history: { path: () => "/history", seen: ".history-question" },
  play: { path: () => "/play", seen: ".preview .question" },
  settings: { path: () => "/settings", seen: ".setting" },
  missing: { path: () => "/r/none", seen: ".notice" },
  lost: { path: () => "/nowhere", seen: ".notice" },
  help: { path: () => "/", seen: ".row", act: async (page) => {
    await page.keyboard.press("?");
    await page.locator("dialog[open] dl").first().waitFor();
  } },
  palette: { path: () => "/", seen: ".row", act: async (page) => {
    await page.keyboard.press("Control+k");
    await page.locator("[role=option]").first().waitFor();
  } },
};

interface Found {
  id: string;
  nodes: { target: string[]; failureSummary: string }[];
}

export async function inaccessible(page: Page): Promise<string[]> {
  // Once a page is enough: looks change without a reload.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const found = (await page.evaluate(() =>
    (window as unknown as { axe: { run(options: object): Promise<{ violations: unknown[] }> } }).axe
      .run({ resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
      .then((result) => result.violations))) as Found[];
  return found.flatMap((each) => each.nodes.slice(0, 3).map((node) => `${each.id}: ${node.target.join(" ")} ${node.failureSummary.split("\n").slice(1, 2).join("")}`));
}

const LOOKS = (["zh-CN", "en"] as const).flatMap((language) => (["light", "dark"] as const).map((theme) => ({ language, theme })));

/** Another language and theme without a reload, as another tab of the same browser would choose them. */
async function wear(page: Page, look: (typeof LOOKS)[number]): Promise<void> {
  await page.evaluate((look) => {
    const key = "askwell.preferences";
    localStorage.setItem(key, JSON.stringify({ ...(JSON.parse(localStorage.getItem(key) ?? "{}") as object), ...look }));
    dispatchEvent(new StorageEvent("storage", { key }));
  }, look);
  await page.waitForFunction(({ language, theme }) => document.documentElement.lang === language && document.documentElement.dataset.theme === theme, look);
  // Whatever moves has come to rest.
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
}

/** Visits every screen at this width, and there in both languages and themes. */
export function visit(width: number): void {
  serve();
  let watched: Watched;
  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    ids = await fillInbox(server);
    watched = await openPage(browser, `${server.url}/settings`, { width, height: width < 861 ? 780 : 900 });
  });
  afterAll(() => watched?.context.close());

  it.each(Object.keys(SCREENS).filter((name) => !ONLY || new RegExp(ONLY).test(name)))(`%s at ${width}`, async (name) => {
    const screen = SCREENS[name] as Screen;
    const { page, faults } = watched;
    await page.goto(server.url + screen.path());
    await page.locator(screen.seen).first().waitFor();
    await screen.act?.(page);
    for (const look of LOOKS) {
      await wear(page, look);
      await page.screenshot({ path: join(SHOTS, `${name}-${look.language}-${look.theme}-${width}.png`) });
      expect({ look, overflow: await overflow(page), inaccessible: await inaccessible(page) }).toEqual({ look, overflow: 0, inaccessible: [] });
    }
    expect([...faults.splice(0), ...(await violations(page))]).toEqual([]);
  });
}
