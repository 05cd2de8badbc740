//! One answer for several rows: only what was selected by hand, only where little can go wrong, and each row says what became of it.
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { ask, browser, type Look, openPage, overflow, read, serve, server, violations, type Watched } from "./harness";

serve();

const question = (title: string, more: object = {}, data: object = {}) => ({
  interaction_data: { interaction_type: "confirmation", title, message: "", timeout: 3000, options: [{ value: "go", label: "Go ahead" }, { value: "no", label: "No" }], ...data }, risk: "low", ...more,
});

let visits = 0;

/** Several requests that no other test sees, and the inbox that shows them alone. */
async function among(bodies: (mark: string) => object[], look: Look = {}): Promise<{ ids: string[]; watched: Watched; page: Page }> {
  const mark = `run${(visits += 1)}`;
  const ids: string[] = [];
  for (const body of bodies(mark)) ids.push((await ask(server, body)).session_id);
  const watched = await openPage(browser, `${server.url}/?q=${mark}`, look);
  await watched.page.waitForFunction((count) => document.querySelectorAll(".row").length === count, ids.length);
  return { ids, watched, page: watched.page };
}

const three = (mark: string) => [question(`${mark} one`), question(`${mark} two`), question(`${mark} three`)];
const box = (page: Page, title: string) => page.getByRole("checkbox", { name: title });

async function clean({ page, context, faults }: Watched): Promise<void> {
  expect([...faults, ...(await violations(page))]).toEqual([]);
  await context.close();
}

it("by mouse: the box comes with the pointer; those selected are answered, the others are not", async () => {
  const { ids, watched, page } = await among(three, { name: "li.wei" });
  expect(await page.locator(".bulk").count()).toBe(0);
  await page.locator(".row").nth(0).hover();
  await box(page, "one").click();
  await box(page, "two").click();
  await page.getByText("2 selected").waitFor();
  // It only selects: nothing was opened.
  expect(new URL(page.url()).pathname).toBe("/");
  expect(await page.getByRole("button", { name: /all/i }).count()).toBe(0);
  await page.getByRole("button", { name: "Go ahead (2)" }).click();
  await page.getByText("2 answered.").waitFor();
  expect(await page.locator(".row.closed .outcome.jade", { hasText: "Approved" }).count()).toBe(2);
  const [one, two, three_] = await Promise.all(ids.map((id) => read(server, id)));
  expect([one?.status, two?.status, three_?.status]).toEqual(["completed", "completed", "pending"]);
  expect(one?.response).toMatchObject({ response_data: { choice: "go" }, user_id: "li.wei" });
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator(".bulk").waitFor({ state: "hidden" });
  await clean(watched);
});

it("by keyboard: x selects the row; Enter alone never answers", async () => {
  const { ids, watched, page } = await among(three);
  await page.locator(".row a").first().focus();
  await page.keyboard.press("x");
  await page.getByText("1 selected").waitFor();
  await page.keyboard.press("x");
  await page.locator(".bulk").waitFor({ state: "hidden" });
  await page.keyboard.press("j");
  await page.locator(".reader .question").waitFor();
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.locator(".reader .question", { hasText: "two" }).waitFor();
  await page.keyboard.press("x");
  await page.getByText("2 selected").waitFor();
  // Beside a request that is read, only its own button is solid.
  expect(await page.locator(".button.solid, .button.danger").count()).toBe(1);
  await page.getByRole("button", { name: "No (2)" }).focus();
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("Go ahead (2)"));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Enter");
  await page.getByText("2 answered.").waitFor();
  expect(await page.evaluate(() => document.activeElement?.className)).toBe("bulk");
  const statuses = await Promise.all(ids.map(async (id) => (await read(server, id)).status));
  expect(statuses).toEqual(["completed", "completed", "pending"]);
  await clean(watched);
});

it("says why not, and never answers what is risky or unlike", async () => {
  const { ids, watched, page } = await among((mark) => [
    question(`${mark} plain`), question(`${mark} risky`, { risk: "high" }), question(`${mark} other`, {}, { options: ["a", "b"] }),
    question(`${mark} final`, {}, { consequences: { on_answer: [{ text: "Gone for good", irreversible: true }] } }),
  ]);
  await box(page, "plain").check();
  for (const [title, why] of [["risky", "One of them is not marked as low risk"], ["other", "They do not offer the same answers"], ["final", "One of them cannot be undone"]] as const) {
    await box(page, title).check();
    await page.locator(".bulk", { hasText: why }).waitFor();
    expect(await page.locator(".bulk-verbs").count()).toBe(0);
    await box(page, title).uncheck();
    await page.getByRole("button", { name: "Go ahead (1)" }).waitFor();
  }
  expect(await Promise.all(ids.map(async (id) => (await read(server, id)).status))).toEqual(["pending", "pending", "pending", "pending"]);
  await page.getByRole("button", { name: "Clear" }).click();
  await page.locator(".bulk").waitFor({ state: "hidden" });
  await clean(watched);
});

it("what fails is told in its row and stays selected; the others are answered", async () => {
  const { ids, watched, page } = await among(three);
  for (const title of ["one", "two", "three"]) await box(page, title).check();
  // Somebody takes one, and the page hears of it only by the answer.
  await page.route("**/respond-many", async (route) => {
    await fetch(`${server.api}/sessions/${ids[1]}/claim`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user_id: "han.mei" }) });
    await route.continue();
  });
  await page.getByRole("button", { name: "Go ahead (3)" }).click();
  await page.getByText("2 answered, 1 not").waitFor();
  const failed = page.locator(".row", { hasText: "two" });
  await failed.locator(".row-failed", { hasText: "han.mei" }).waitFor();
  expect(await box(page, "two").isChecked()).toBe(true);
  await page.locator(".bulk", { hasText: "Somebody else holds one of them" }).waitFor();
  expect(await Promise.all(ids.map(async (id) => (await read(server, id)).status))).toEqual(["completed", "active", "completed"]);
  await clean(watched);
});

it("not sent says so, keeps the selection and sends nothing by itself", async () => {
  const { ids, watched, page } = await among(three);
  await box(page, "one").check();
  await page.route("**/respond-many", (route) => route.abort("connectionreset"));
  await page.getByRole("button", { name: "Go ahead (1)" }).click();
  await page.locator(".bulk .field-error", { hasText: "Not sent" }).waitFor();
  await page.unroute("**/respond-many");
  expect(await box(page, "one").isChecked()).toBe(true);
  expect((await read(server, ids[0] ?? "")).status).toBe("pending");
  await page.getByRole("button", { name: "Go ahead (1)" }).click();
  await page.getByText("1 answered.").waitFor();
  await clean(watched);
});

it("on a phone, where nothing hovers: a button brings the boxes, in a long list", async () => {
  const { ids, watched, page } = await among((mark) => Array.from({ length: 40 }, (_, index) => question(`${mark} row ${index + 1}.`)), { width: 360, height: 700, language: "zh-CN" });
  await page.getByRole("button", { name: "选择", exact: true }).tap();
  await page.getByText("选出要给出同一答复的请求").waitFor();
  for (const title of ["row 1.", "row 20.", "row 40."]) await box(page, title).tap();
  await page.getByText("已选 3 条").waitFor();
  expect(await overflow(page)).toBe(0);
  await page.getByRole("button", { name: "Go ahead（3）" }).tap();
  await page.getByText("已答复 3 条").waitFor();
  const statuses = await Promise.all([0, 19, 39, 1].map(async (at) => (await read(server, ids[at] ?? "")).status));
  expect(statuses).toEqual(["completed", "completed", "completed", "pending"]);
  await clean(watched);
});
