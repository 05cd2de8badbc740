//! What comes with the first visit, compressed: at most 130 KB of JavaScript and 15 KB of CSS. And a thousand rows.
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { ask, browser, openPage, serve, server } from "./harness";

serve();

const request = (index: number) => ({
  interaction_data: { interaction_type: "confirmation", title: `Request ${index}: shall we?`, message: "Because.", timeout: 3600 + index },
  workflow_id: `w-${index % 7}`,
});

it("the first load, with a request open", async () => {
  const { session_id } = await ask(server, request(0));
  const context = await browser.newContext({ locale: "zh-CN" });
  const page = await context.newPage();
  const sizes = { js: 0, css: 0 };
  const pending: Promise<void>[] = [];
  page.on("response", (response) => {
    const kind = /\.js$/.test(new URL(response.url()).pathname) ? "js" : /\.css$/.test(response.url()) ? "css" : null;
    if (kind) pending.push(response.body().then((body) => void (sizes[kind] += gzipSync(body, { level: 9 }).length)));
  });
  await page.goto(`${server.url}/r/${session_id}`);
  await page.locator(".question").waitFor();
  await page.waitForLoadState("networkidle");
  await Promise.all(pending);
  console.log("first load, gzipped", sizes);
  expect(sizes.js).toBeLessThanOrEqual(130_000);
  expect(sizes.css).toBeLessThanOrEqual(15_000);
  await context.close();
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
