//! Telling people who look elsewhere, more time and holds, several actions, and as little motion as they want.
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { ask, browser, openPage, read, serve, server, violations, type Watched } from "./harness";

serve();

const question = (title: string, more: object = {}) => ({
  interaction_data: { interaction_type: "confirmation", title, message: "Because.", timeout: 600 }, metadata: { requester: "release-bot" }, ...more,
});

async function clean({ page, context, faults }: Watched): Promise<void> {
  expect([...faults, ...(await violations(page))]).toEqual([]);
  await context.close();
}

type Told = { title: string; body?: string; closed: boolean }[];

/** A browser that keeps what it would show, and looks at the page or elsewhere as it is told. */
async function watching(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const told: Told = [];
    class Kept {
      static permission = localStorage.getItem("permission") ?? "default";
      static async requestPermission() {
        localStorage.setItem("permission", (Kept.permission = "granted"));
        return "granted";
      }
      entry: Told[number];
      onclick: (() => void) | null = null;
      constructor(title: string, options?: { body?: string }) {
        this.entry = { title, ...(options?.body ? { body: options.body } : {}), closed: false };
        told.push(this.entry);
        (window as unknown as { last: Kept }).last = this;
      }
      close() {
        this.entry.closed = true;
      }
    }
    Object.assign(window, { Notification: Kept, told });
    document.hasFocus = () => (window as unknown as { looks: boolean }).looks !== false;
  });
}

it("permission is asked after the first answer, from a button; a notification only for who looks elsewhere", async () => {
  const first = await ask(server, question("First?"));
  const watched = await openPage(browser, `${server.url}/r/${first.session_id}`, {}, watching);
  const { page } = watched;
  await page.locator("[data-choice='0']").waitFor();
  expect(await page.getByRole("button", { name: "Notify me of new requests" }).count()).toBe(0);
  await page.locator("[data-choice='0']").click();
  await page.getByRole("button", { name: "Notify me of new requests" }).click();
  await page.getByRole("button", { name: "Notify me of new requests" }).waitFor({ state: "hidden" });

  const told = () => page.evaluate(() => (window as unknown as { told: Told }).told);
  await ask(server, question("While looking?"));
  await page.locator(".row", { hasText: "While looking?" }).waitFor();
  expect(await told()).toEqual([]);
  await page.evaluate(() => Object.assign(window, { looks: false }));
  const second = await ask(server, question("While away?"));
  await page.waitForFunction(() => (window as unknown as { told: Told }).told.length === 1);
  expect(await told()).toMatchObject([{ title: "While away?", closed: false }]);
  await page.waitForFunction(() => document.title.startsWith("(2)"));
  expect(await page.locator("#favicon").getAttribute("href")).toBe("/favicon-waiting.svg");
  // Who presses it is at the question; who answers it elsewhere takes it away.
  await page.evaluate(() => (window as unknown as { last: { onclick(): void } }).last.onclick());
  await page.locator(".question", { hasText: "While away?" }).waitFor();
  await ask(server, question("Taken away?")).then(async ({ session_id }) => {
    await page.waitForFunction(() => (window as unknown as { told: Told }).told.length === 2);
    await fetch(`${server.api}/sessions/${session_id}/cancel`, { method: "POST" });
  });
  await page.waitForFunction(() => (window as unknown as { told: Told }).told[1]?.closed);
  expect((await read(server, second.session_id)).status).toBe("pending");
  await clean(watched);
});

it("more time where the requester allows it, from the clock and from the menu; and a hold from the menu", async () => {
  const { session_id } = await ask(server, question("Longer?", { extendable_seconds: 1800 }));
  const watched = await openPage(browser, `${server.url}/r/${session_id}`, { name: "li.wei" });
  const { page } = watched;
  const deadline = async () => Date.parse((await read(server, session_id)).expires_at);
  const before = await deadline();
  await page.getByRole("button", { name: "+15 min" }).click();
  await page.waitForFunction(() => /2[0-9]/.test(document.querySelector("[role=timer]")?.textContent ?? ""));
  expect(await deadline()).toBe(before + 900_000);
  const menu = page.getByRole("button", { name: "More", exact: true });
  await menu.click();
  await page.locator(".menu:popover-open button", { hasText: "Claim" }).click();
  await page.locator(".activity li", { hasText: "li.wei" }).first().waitFor();
  expect((await read(server, session_id)).claimed_by).toBe("li.wei");
  await menu.click();
  await page.locator(".menu:popover-open button", { hasText: "Release" }).click();
  await page.waitForFunction(() => !document.querySelector(".menu:popover-open"));
  expect((await read(server, session_id)).claimed_by).toBeNull();
  await clean(watched);
});

it("several actions are decided one by one, and one may be edited where that is allowed", async () => {
  const action = (target: string) => ({ kind: "sql", target, args: { limit: 10 }, allowed: ["approve", "edit", "modify", "abort"] });
  const { session_id } = await ask(server, { interaction_data: { interaction_type: "review", title: "Both?", message: "", actions: [action("orders"), action("users")] } });
  const watched = await openPage(browser, `${server.url}/r/${session_id}`);
  const { page } = watched;
  const votes = page.locator(".votes");
  await votes.nth(1).waitFor();
  await votes.nth(0).locator(".vote.approve").click();
  await page.locator("[data-choice=submit]").click();
  await page.locator(".votes[data-wanted]").waitFor();
  expect((await read(server, session_id)).status).toBe("pending");
  await votes.nth(1).locator(".vote.abort").click();
  await page.locator(".review-edit button").first().click();
  await page.locator(".arguments .number input").first().fill("5");
  await page.locator(".arguments .review-edit button").first().click();
  await page.locator("[data-choice=submit]").click();
  await page.locator(".seal").waitFor();
  expect((await read(server, session_id)).response?.response_data).toMatchObject({ decisions: [{ action: "approve", edited: { limit: 5 } }, { action: "abort" }] });
  await clean(watched);
});

it("whether the requester waits right now stands beside the question", async () => {
  const { session_id } = await ask(server, question("Waiting?"));
  const leave = new AbortController();
  const wait = fetch(`${server.api}/sessions/${session_id}?wait=60`, { signal: leave.signal }).catch(() => undefined);
  const watched = await openPage(browser, `${server.url}/r/${session_id}`);
  const { page } = watched;
  await page.waitForFunction(() => fetch(`/api/sessions/${location.pathname.split("/")[2]}`).then(async (answer) => ((await answer.json()) as { session: { waiting: boolean } }).session.waiting));
  await page.reload();
  await page.locator(".waits", { hasText: "The asker waits for it now" }).waitFor();
  leave.abort();
  await wait;
  await page.waitForFunction(() => fetch(`/api/sessions/${location.pathname.split("/")[2]}`).then(async (answer) => !((await answer.json()) as { session: { waiting: boolean } }).session.waiting));
  await page.reload();
  await page.locator(".waits", { hasText: "The asker fetches it later" }).waitFor();
  await clean(watched);
});

it("who wants no motion gets none: the seal is simply there", async () => {
  const { session_id } = await ask(server, question("Still?"));
  const watched = await openPage(browser, `${server.url}/r/${session_id}`, { motion: "reduce" });
  const { page } = watched;
  await page.locator("[data-choice='0']").click();
  await page.locator(".seal").waitFor();
  const moving = await page.evaluate(() => document.getAnimations().filter((each) => Number(each.effect?.getComputedTiming().duration ?? 0) > 1).length);
  expect(moving).toBe(0);
  await clean(watched);
});
