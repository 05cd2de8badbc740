//! What comes with the first visit, compressed: at most 130 KB of JavaScript and 15 KB of CSS, with accounts and without.
//! And a thousand rows.
import { gzipSync } from "node:zlib";
import type { BrowserContextOptions } from "playwright-core";
import { expect, it } from "vitest";
import { as, signIn, startWithAccounts } from "./accounts";
import { ask, browser, openPage, serve, server } from "./harness";

serve();

const PASSWORD = "correct horse battery";

const request = (index: number) => ({
  interaction_data: { interaction_type: "confirmation", title: `Request ${index}: shall we?`, message: "Because.", timeout: 3600 + index },
  workflow_id: `w-${index % 7}`,
});

interface Sizes {
  js: number;
  css: number;
}

/** What a browser that was never here before fetches for one address, compressed, until the page has come to rest. */
async function firstLoad(url: string, seen: string, options: BrowserContextOptions = {}): Promise<Sizes> {
  const context = await browser.newContext({ locale: "zh-CN", ...options });
  const page = await context.newPage();
  const sizes: Sizes = { js: 0, css: 0 };
  const pending: Promise<void>[] = [];
  page.on("response", (response) => {
    const kind = /\.js$/.test(new URL(response.url()).pathname) ? "js" : /\.css$/.test(response.url()) ? "css" : null;
    if (kind) pending.push(response.body().then((body) => void (sizes[kind] += gzipSync(body, { level: 9 }).length)));
  });
  await page.goto(url);
  await page.locator(seen).first().waitFor();
  await page.waitForLoadState("networkidle");
  await Promise.all(pending);
  await context.close();
  return sizes;
}

function within(what: string, sizes: Sizes): void {
  console.log(`first load, gzipped: ${what}`, sizes);
  expect.soft(sizes.js, what).toBeLessThanOrEqual(130_000);
  expect.soft(sizes.css, what).toBeLessThanOrEqual(15_000);
}

it("the first load, with a request open", async () => {
  const { session_id } = await ask(server, request(0));
  within("request", await firstLoad(`${server.url}/r/${session_id}`, ".question"));
});

it("the first load where there are accounts: signing in, the inbox, a request", async () => {
  const accounts = await startWithAccounts([{ login: "mei", name: "Mei", password: PASSWORD }, { login: "asker", password: PASSWORD }]);
  try {
    within("signing in", await firstLoad(`${accounts.url}/login`, "input[name=username]"));
    const known = async (login: string) => {
      const { page, context } = await openPage(browser, `${accounts.url}/login`);
      await signIn(page, login, PASSWORD);
      return context;
    };
    const asker = await known("asker");
    const { session } = (await as(asker, accounts, "POST", "/sessions", request(0))) as { session: { session_id: string } };
    await asker.close();
    const mei = await known("mei");
    const storageState = await mei.storageState();
    await mei.close();
    within("inbox, signed in", await firstLoad(`${accounts.url}/`, ".row", { storageState }));
    within("request, signed in", await firstLoad(`${accounts.url}/r/${session.session_id}`, ".question", { storageState }));
  } finally {
    await accounts.stop();
  }
});

it("a thousand open requests scroll and take typing without delay, and the badge is their number", async () => {
  for (let start = 1; start < 1_000; start += 50) {
    await Promise.all(Array.from({ length: Math.min(50, 1_000 - start) }, (_, index) => ask(server, request(start + index))));
  }
  const { page, context, faults } = await openPage(browser, server.url);
  await page.waitForFunction(() => document.querySelectorAll(".row").length === 1_000, undefined, { timeout: 20_000 });
  expect(await page.locator("[data-badge]").innerText()).toBe("1000");
  const usual = await page.evaluate(async () => {
    const list = document.querySelector(".list-rows") as HTMLElement;
    const frames: number[] = [];
    let last = performance.now();
    for (let step = 0; step < 60; step += 1) {
      list.scrollTop += 900;
      await new Promise(requestAnimationFrame);
      const present = performance.now();
      frames.push(present - last);
      last = present;
    }
    return frames.sort((a, b) => a - b)[30] ?? 0;
  });
  console.log("usual frame, ms", Math.round(usual));
  await page.locator("#search").pressSequentially("Request 77", { delay: 20 });
  await page.waitForFunction(() => document.querySelectorAll(".row").length < 20 && document.querySelectorAll(".row").length > 0, undefined, { timeout: 5_000 });
  expect(faults).toEqual([]);
  await context.close();
});
