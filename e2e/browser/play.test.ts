//! The playground: what is typed is previewed as the inbox will show it, by the server's rules, and nothing is opened by it.
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { browser, type Look, openPage, overflow, serve, server, violations, type Watched } from "./harness";

serve();

async function visit(path: string, look: Look = {}): Promise<Watched> {
  const watched = await openPage(browser, server.url + path, look);
  await watched.page.locator(".preview .question").waitFor();
  return watched;
}

async function clean({ page, context, faults }: Watched): Promise<void> {
  expect([...faults, ...(await violations(page))]).toEqual([]);
  await context.close();
}

const draft = (message: string, more: object = {}) => JSON.stringify({ interaction_data: { interaction_type: "confirmation", title: "Deploy?", message, ...more } });
const type = (page: Page, text: string) => page.locator("#play-json").fill(text);

it.each([1440, 360])("Markdown is shown as the inbox shows it, at %d", async (width) => {
  const watched = await visit("/play", { width });
  const { page } = watched;
  await page.locator(".preview .markup code", { hasText: "main@9f31c2" }).waitFor();
  await type(page, draft("**Bold**\n\n- one\n- two\n\n<script>window.__ran=1</script>"));
  await page.locator(".preview .markup strong", { hasText: "Bold" }).waitFor();
  expect(await page.locator(".preview .markup li").count()).toBe(2);
  expect(await overflow(page)).toBe(0);
  expect(((await (await fetch(`${server.api}/sessions?status=all`)).json()) as { sessions: unknown[] }).sessions).toEqual([]);
  await clean(watched);
});

it("what is wrong is said beside the JSON with its place, in the reader's language; the last good one stays", async () => {
  const watched = await visit("/play", { language: "zh-CN" });
  const { page } = watched;
  await type(page, draft("**Good**"));
  await page.locator(".preview .markup strong").waitFor();
  await type(page, draft("x", { timeout: -1, colour: 1 }));
  await page.locator(".play-faults .field-error code", { hasText: "/interaction_data/timeout" }).waitFor();
  expect(await page.locator(".play-faults").innerText()).toMatch(/[\u4e00-\u9fff]/);
  await page.getByText("此处仍是上一次有效的样子").waitFor();
  expect(await page.locator(".preview .markup strong").innerText()).toBe("Good");
  await type(page, '{"interaction_data": ');
  await page.locator(".play-faults .field-error", { hasText: "第 1 行" }).waitFor();
  await type(page, draft("*Again*", { colour: 1 }));
  await page.locator(".preview .markup em").waitFor();
  await page.locator(".play-faults .quiet code", { hasText: "/interaction_data/colour" }).waitFor();
  expect(await page.locator(".preview-stale").count()).toBe(0);
  await clean(watched);
});

it("the last text wins, whichever answer comes last", async () => {
  const watched = await visit("/play");
  const { page } = watched;
  let letGo = () => {};
  const held = new Promise<void>((done) => (letGo = done));
  let caught = () => {};
  const first = new Promise<void>((done) => (caught = done));
  await page.route("**/api/sessions/preview", async (route) => {
    if (!route.request().postData()?.includes("slow")) return route.continue();
    caught();
    await held;
    await route.continue().catch(() => undefined);
  });
  await type(page, draft("**slow**"));
  await first;
  await type(page, draft("**quick**"));
  await page.locator(".preview .markup strong", { hasText: "quick" }).waitFor();
  letGo();
  await page.unroute("**/api/sessions/preview");
  await page.evaluate(() => fetch("/api/health"));
  expect(await page.locator(".preview .markup strong").innerText()).toBe("quick");
  await clean(watched);
});

it("by keyboard: another kind is previewed, and sending opens it", async () => {
  const watched = await visit("/play");
  const { page } = watched;
  await page.getByRole("tab", { name: "Selection" }).focus();
  await page.keyboard.press("Enter");
  await page.locator(".preview .options").waitFor();
  await page.getByRole("button", { name: "Send a test request" }).focus();
  await page.keyboard.press("Enter");
  await page.locator(".reader .question", { hasText: "Choose the environments" }).waitFor();
  await clean(watched);
});
