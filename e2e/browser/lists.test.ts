//! What a row says about time and silence, and that the numbers above the rows are those of the server, not of what was fetched.
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { ask, browser, openPage, overflow, serve, server, violations, type Watched } from "./harness";

serve();

async function clean({ page, context, faults }: Watched): Promise<void> {
  expect([...faults, ...(await violations(page))]).toEqual([]);
  await context.close();
}

const question = (title: string, timeout: number, more: object = {}, data: object = {}) => ({
  interaction_data: { interaction_type: "confirmation", title, message: "", timeout, options: [{ value: "go", label: "Go" }, { value: "wait", label: "Wait" }], ...data }, ...more,
});
const post = (path: string, body: object) => fetch(`${server.api}/sessions/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Does it for each, some at a time. */
async function each<T, R>(all: readonly T[], act: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let start = 0; start < all.length; start += 50) done.push(...(await Promise.all(all.slice(start, start + 50).map(act))));
  return done;
}

describe("a row", () => {
  it.each([["en", 1440], ["zh-CN", 360]] as const)("tells time left from time of day, and what silence does, %s at %d", async (language, width) => {
    const mark = `row${width}`;
    await ask(server, question(`${mark} soon`, 230, { on_timeout: "default" }, { default_value: "wait" }));
    await ask(server, question(`${mark} later`, 7190));
    const watched = await openPage(browser, `${server.url}/?q=${mark}`, { language, width });
    const { page } = watched;
    await page.locator(".row").nth(1).waitFor();
    const rows = await page.locator(".row").allInnerTexts();
    const said = language === "en" ? [/3 min left[^]*then: Wait/, /1 h 5\d m left[^]*then: closes unanswered/] : [/剩 3 分钟[^]*到时：Wait/, /剩 1 小时 5\d 分[^]*到时：无人答复即关闭/];
    said.forEach((one, index) => expect(rows[index]).toMatch(one));
    expect(rows.join()).not.toMatch(/\d:\d\d/);
    for (const silence of await page.locator(".row-silence").all()) expect(await silence.isVisible()).toBe(true);
    expect(await overflow(page)).toBe(0);
    await clean(watched);
  });
});

describe("beyond what is paged in", () => {
  const FAR = 2_050;
  let before = 0;
  beforeAll(async () => {
    before = ((await (await fetch(`${server.api}/sessions?limit=1&status=pending&status=active`)).json()) as { total: number }).total;
    const far = await each(Array.from({ length: FAR }, (_, index) => index), (index) => ask(server, question(`Far ${index}`, 10_000 + index)));
    // The last ones to close are held, where no page reaches by itself.
    await each(far.slice(-3), ({ session_id }) => post(`${session_id}/claim`, { user_id: "han.mei" }));
    await each(far.slice(-5, -3), ({ session_id }) => post(`${session_id}/claim`, { user_id: "li.wei" }));
  }, 120_000);

  const count = async (page: Page, tab: string, text: string) => {
    await page.waitForFunction(([tab, text]) => document.querySelector(`[data-count=${tab}]`)?.textContent === text, [tab, text] as const, { timeout: 30_000 });
  };

  it("counts are exact: what others hold is known, wherever it stands", async () => {
    const watched = await openPage(browser, server.url, { name: "li.wei" });
    const { page } = watched;
    await count(page, "claimed", "2");
    await count(page, "mine", String(before + FAR - 3));
    await page.waitForFunction((text) => document.querySelector("[data-badge]")?.textContent === text, String(before + FAR - 3));
    await page.locator(".tabs button", { hasText: "Waiting" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".row").length === 3);
    await page.locator(".tabs button", { hasText: "Claimed" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".row").length === 2);
    await clean(watched);
  });

  it("a review sent back long ago is found where one looks for it, and until then the number says that it may be more", async () => {
    const review = (title: string, node: string) => ask(server, { interaction_data: { interaction_type: "review", title, message: "", node_id: node, attempt: 1, timeout: 3000 } });
    const old = await review("Sent back long ago", "old");
    await post(`${old.session_id}/respond`, { response: { action: "modify", modification_instructions: "x" } });
    const others = await each(Array.from({ length: 210 }, (_, index) => index), (index) => review(`Review ${index}`, `n${index}`));
    await each(others, ({ session_id }) => post(`${session_id}/respond`, { response: { action: "approve" } }));
    const watched = await openPage(browser, server.url, { name: "li.wei" });
    const { page } = watched;
    await count(page, "others", "3+");
    await page.locator(".tabs button", { hasText: "Waiting" }).click();
    await page.locator(".row", { hasText: "Sent back long ago" }).waitFor();
    await clean(watched);
  });
});
