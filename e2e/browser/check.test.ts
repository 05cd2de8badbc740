//! The check of a risky yes: a word is typed or a button is held, and whatever falls short of it sends nothing.
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { ask, browser, type Look, openPage, overflow, read, serve, server, violations, type Watched } from "./harness";

serve();

const risky = () => ask(server, {
  interaction_data: {
    interaction_type: "confirmation", title: "Drop the table?", message: "", timeout: 3000,
    options: [{ value: "drop", label: "Drop it" }, { value: "keep", label: "Keep it" }], consequences: { on_answer: [{ text: "The table is gone", irreversible: true }] },
  },
  risk: "high",
});

async function checked(look: Look = {}): Promise<{ id: string; watched: Watched; page: Page }> {
  const { session_id } = await risky();
  const watched = await openPage(browser, `${server.url}/r/${session_id}`, look);
  await watched.page.locator("[data-choice='0']").click();
  await watched.page.locator(".check").waitFor();
  return { id: session_id, watched, page: watched.page };
}

async function clean({ page, context, faults }: Watched): Promise<void> {
  expect([...faults, ...(await violations(page))]).toEqual([]);
  await context.close();
}

/** From here time passes only as it is told to: a slow machine must not hold longer than a person would. */
async function stopTime(page: Page): Promise<void> {
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
}

/** As long as it takes, and whatever comes of it. */
async function holdOut(page: Page): Promise<void> {
  await page.locator(".hold-button.held").waitFor();
  await page.clock.runFor(1_100);
  expect(await page.locator(".hold-button.held").count()).toBe(1);
  await page.clock.runFor(200);
  await page.clock.resume();
  await page.locator(".seal").waitFor();
}

const hold = (page: Page) => page.getByRole("button", { name: /^Hold: Drop it/ });
const early = (page: Page) => page.locator(".hold-hint", { hasText: "Let go too early" });

it("by mouse: held to the end it is sent; let go, or moved away, it is not", async () => {
  const { id, watched, page } = await checked();
  // On a desk the word comes first; the choice stays chosen.
  await page.getByRole("button", { name: "Hold a button instead" }).click();
  await hold(page).waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("FORM");
  await stopTime(page);
  await hold(page).click();
  await early(page).waitFor();
  await hold(page).hover();
  await page.mouse.down();
  await page.locator(".hold-button.held").waitFor();
  await page.mouse.move(300, 300);
  await page.locator(".hold-button.early").waitFor();
  await page.mouse.up();
  expect((await read(server, id)).status).toBe("pending");
  await hold(page).hover();
  await page.mouse.down();
  await holdOut(page);
  await page.mouse.up();
  expect((await read(server, id)).response?.response_data).toEqual({ choice: "drop" });

  const second = await risky();
  await page.goto(`${server.url}/r/${second.session_id}`);
  await page.locator("[data-choice='0']").click();
  await hold(page).waitFor();
  await page.getByRole("button", { name: "Type a word instead" }).click();
  await page.getByLabel(/Type “Drop it”/).fill("drop it");
  await page.keyboard.press("Enter");
  await page.locator(".seal").waitFor();
  await clean(watched);
});

it.each([" ", "Enter"])("by keyboard: %j is held; let go early, nothing is sent", async (key) => {
  const { id, watched, page } = await checked({ motion: "reduce" });
  await page.getByRole("button", { name: "Hold a button instead" }).click();
  await stopTime(page);
  await hold(page).focus();
  await page.keyboard.press(key);
  await early(page).waitFor();
  await page.keyboard.down(key);
  await page.locator(".hold-button.held").waitFor();
  await page.keyboard.press("Tab");
  await page.locator(".hold-button.early").waitFor();
  await page.keyboard.up(key);
  expect((await read(server, id)).status).toBe("pending");
  await hold(page).focus();
  await page.keyboard.down(key);
  await holdOut(page);
  await page.keyboard.up(key);
  await clean(watched);
});

it("a click that was no press, as a screen reader sends it, only says what is missing", async () => {
  const { id, watched, page } = await checked();
  await page.getByRole("button", { name: "Hold a button instead" }).click();
  await hold(page).evaluate((button) => (button as HTMLButtonElement).click());
  await page.getByRole("status").filter({ hasText: "Let go too early" }).waitFor({ state: "attached" });
  expect((await read(server, id)).status).toBe("pending");
  await clean(watched);
});

it("settings say which, and on a phone both fit", async () => {
  const { session_id } = await risky();
  const watched = await openPage(browser, `${server.url}/settings`, { width: 360, height: 740 });
  const { page } = watched;
  await page.getByRole("radio", { name: "Hold a button" }).check();
  await page.goto(`${server.url}/r/${session_id}`);
  await page.locator("[data-choice='0']").click();
  await hold(page).waitFor();
  expect(await overflow(page)).toBe(0);
  await stopTime(page);
  const touch = await page.context().newCDPSession(page);
  const box = await hold(page).boundingBox();
  const point = { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 20 };
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
  await page.locator(".hold-button.held").waitFor();
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await early(page).waitFor();
  expect((await read(server, session_id)).status).toBe("pending");
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
  await holdOut(page);
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await clean(watched);
});
