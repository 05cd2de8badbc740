//! The pictures of the README: the page in use, and on a phone. `make screenshots` takes them anew.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, it } from "vitest";
import { browser, type Look, openPage, serve, server } from "./harness";
import { fillInbox } from "./scene";

const FOLDER = resolve(import.meta.dirname, "../../docs/images");

let ids: Record<string, string>;

serve();
beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  ids = await fillInbox(server);
});

async function take(name: string, path: string, look: Look, act?: (page: Page) => Promise<unknown>): Promise<void> {
  const { page, context } = await openPage(browser, server.url + path, look);
  await page.locator(".question").waitFor();
  await act?.(page);
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await context.close();
}

const languages = { en: "en", zh: "zh-CN" } as const;

for (const [short, language] of Object.entries(languages)) {
  it(`a request, ${language}`, () => take(`inbox-${short}`, `/r/${ids.deploy}`, { language, width: 1280, height: 860, name: "li.wei" }));
  it(`on a phone, ${language}`, () => take(`phone-${short}`, `/r/${ids.deploy}`, { language, theme: "dark", width: 390, height: 844, name: "li.wei" }));
}
