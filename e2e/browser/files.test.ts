//! Files that are interrupted, cancelled, dragged and pasted; and what a hostile one can do, which is nothing.
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { ask, browser, openPage, read, serve, server, violations, type Watched } from "./harness";

serve();

async function asked(more: object = {}): Promise<{ id: string; watched: Watched; page: Page }> {
  const { session_id } = await ask(server, { interaction_data: { interaction_type: "file_upload", title: "Files?", message: "", multiple: true, ...more } });
  const watched = await openPage(browser, `${server.url}/r/${session_id}`);
  await watched.page.locator(".drop").waitFor();
  return { id: session_id, watched, page: watched.page };
}

async function clean({ page, context, faults }: Watched): Promise<void> {
  expect([...faults, ...(await violations(page))]).toEqual([]);
  await context.close();
}

const pick = (page: Page, name: string, content = "x") =>
  page.locator("input[type=file][hidden]").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(content) });

const names = async (id: string) => ((await (await fetch(`${server.api}/sessions/${id}/files`)).json()) as { files: { name: string }[] }).files.map((each) => each.name).sort();

it("one that is under way can be cancelled and sent again; until then there is nothing to submit", async () => {
  const { id, watched, page } = await asked();
  let letGo = () => {};
  const held = new Promise<void>((done) => (letGo = done));
  await page.route("**/files", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await held;
    await route.continue().catch(() => undefined);
  });
  await pick(page, "slow.txt");
  await page.locator(".upload.sending progress").waitFor();
  expect(await page.locator("[data-choice=submit]").isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByText("Cancelled; nothing was kept").waitFor();
  letGo();
  await page.unroute("**/files");
  expect(await names(id)).toEqual([]);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".upload.done").waitFor();
  await page.locator("[data-choice=submit]").click();
  await page.locator(".seal").waitFor();
  expect(await names(id)).toEqual(["slow.txt"]);
  await clean(watched);
});

it("one that did not arrive says so and can be sent again", async () => {
  const { id, watched, page } = await asked();
  await page.route("**/files", (route) => (route.request().method() === "POST" ? route.abort("connectionreset") : route.continue()));
  await pick(page, "lost.txt");
  await page.locator(".upload.failed .field-error").waitFor();
  await page.unroute("**/files");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".upload.done").waitFor();
  expect(await names(id)).toEqual(["lost.txt"]);
  await clean(watched);
});

it("dragged and pasted ones are taken like picked ones, and survive a reload", async () => {
  const { id, watched, page } = await asked();
  const carried = (name: string) =>
    page.evaluateHandle((name) => {
      const data = new DataTransfer();
      data.items.add(new File(["carried"], name, { type: "text/plain" }));
      return data;
    }, name);
  const dragged = await carried("dragged.txt");
  await page.locator(".drop").dispatchEvent("dragover", { dataTransfer: dragged });
  await page.locator(".drop.over").waitFor();
  await page.locator(".drop").dispatchEvent("drop", { dataTransfer: dragged });
  await page.locator(".upload.done", { hasText: "dragged.txt" }).waitFor();
  await page.locator(".uploads").evaluate((element) => {
    const data = new DataTransfer();
    data.items.add(new File(["pasted"], "pasted.txt", { type: "text/plain" }));
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
  });
  await page.locator(".upload.done", { hasText: "pasted.txt" }).waitFor();
  await page.reload();
  await page.locator(".upload.done").nth(1).waitFor();
  await page.locator("[data-choice=submit]").click();
  await page.locator(".seal").waitFor();
  expect(await names(id)).toEqual(["dragged.txt", "pasted.txt"]);
  await clean(watched);
});

it("a page or a picture with a script in it is only ever saved, under a policy that runs nothing", async () => {
  const { id, watched, page } = await asked();
  await pick(page, "evil.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='window.__ran=1'><script>window.__ran=1</script></svg>");
  await page.locator(".upload").last().waitFor();
  await pick(page, "evil.html", "<script>window.__ran=1</script>");
  await page.locator(".upload.done").nth(1).waitFor();
  await page.locator("[data-choice=submit]").click();
  await page.locator(".answer-files a").nth(1).waitFor();
  for (const link of await page.locator(".answer-files a").all()) {
    const answer = await fetch(server.url + ((await link.getAttribute("href")) ?? ""));
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toMatch(/sandbox|default-src 'none'/);
    const [saved] = await Promise.all([page.waitForEvent("download"), link.click()]);
    expect(saved.suggestedFilename()).toMatch(/^evil\./);
  }
  expect(await page.evaluate(() => (window as unknown as { __ran?: number }).__ran)).toBeUndefined();
  expect((await read(server, id)).status).toBe("completed");
  await clean(watched);
});
