//! Every screen, in a given language, theme and width: nothing inaccessible, nothing forbidden, nothing too wide. The
//! pictures are kept, to be looked at. Neighbours: `desk.test.ts` and `phone.test.ts` say which.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browser, type Look, openPage, overflow, serve, server, SHOTS, violations, type Watched } from "./harness";
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
  }),
  review: request("review", async (page) => void (await page.locator(".asked").waitFor())),
  changes: request("review", async (page) => {
    await page.locator("[data-choice=modify]").click();
    await page.locator("[data-wanted]").waitFor();
  }),
  reviewed: request("review1"),
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
  await page.evaluate(AXE);
  const found = (await page.evaluate(() =>
    (window as unknown as { axe: { run(options: object): Promise<{ violations: unknown[] }> } }).axe
      .run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
      .then((result) => result.violations))) as Found[];
  return found.flatMap((each) => each.nodes.slice(0, 3).map((node) => `${each.id}: ${node.target.join(" ")} ${node.failureSummary.split("\n").slice(1, 2).join("")}`));
}

/** Visits every screen in these looks. */
export function visit(looks: Required<Pick<Look, "language" | "theme" | "width">>[]): void {
  serve();
  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    ids = await fillInbox(server);
  });

  describe.each(looks)("$language $theme $width", (look) => each(look));
}

function each(look: Required<Pick<Look, "language" | "theme" | "width">>): void {
  let watched: Watched;
  beforeAll(async () => {
    watched = await openPage(browser, `${server.url}/settings`, { ...look, height: look.width < 861 ? 780 : 900 });
  });
  afterAll(() => watched?.context.close());

  it.each(Object.keys(SCREENS).filter((name) => !ONLY || new RegExp(ONLY).test(name)))("%s", async (name) => {
    const screen = SCREENS[name] as Screen;
    const { page, faults } = watched;
    await page.goto(server.url + screen.path());
    await page.locator(screen.seen).first().waitFor();
    await screen.act?.(page);
    // Whatever moves has come to rest.
    await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
    await page.screenshot({ path: join(SHOTS, `${name}-${look.language}-${look.theme}-${look.width}.png`) });
    const barred = await violations(page);
    expect({ faults: [...faults.splice(0), ...barred], overflow: await overflow(page), inaccessible: await inaccessible(page) }).toEqual({ faults: [], overflow: 0, inaccessible: [] });
  });
}
