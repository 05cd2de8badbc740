//! The main flows, in a real browser against the real server.
import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { ask, browser, openPage, read, serve, server, SHOTS, startAskwell, violations, type Watched } from "./harness";

const open: Watched[] = [];

serve();
beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
});

async function visit(path: string, look = {}): Promise<Page> {
  const watched = await openPage(browser, server.url + path, look);
  open.push(watched);
  return watched.page;
}

/** Nothing of what must never happen has happened on the pages of this test. */
async function clean(): Promise<void> {
  for (const { page, context, faults } of open.splice(0)) {
    expect([...faults, ...(await violations(page))]).toEqual([]);
    await context.close();
  }
}

const confirmation = (title: string, more: object = {}, data: object = {}) => ({
  interaction_data: {
    interaction_type: "confirmation", title, message: "All checks passed.", timeout: 600,
    options: [{ value: "deploy", label: "Approve deploy" }, { value: "hold", label: "Reject" }], ...data,
  },
  workflow_id: "browser", metadata: { requester: "release-bot" }, ...more,
});

describe("answering", () => {
  it("a confirmation, with a comment; the bar becomes the record", async () => {
    const { session_id } = await ask(server, confirmation("Deploy A?"));
    const page = await visit(`/r/${session_id}`, { name: "li.wei" });
    await page.getByLabel(/Comment/).fill("Looks good.");
    await page.getByRole("button", { name: /Approve deploy/ }).click();
    await page.locator(".seal", { hasText: "Approved" }).waitFor();
    expect(await page.locator(".record").innerText()).toContain("Looks good.");
    const session = await read(server, session_id);
    expect(session.response).toMatchObject({ response_data: { choice: "deploy" }, comment: "Looks good.", user_id: "li.wei" });
    await clean();
  });

  it("high risk asks for a typed word, inline, and its field is empty", async () => {
    const { session_id } = await ask(server, confirmation("Deploy B?", { risk: "high" }));
    const page = await visit(`/r/${session_id}`);
    await page.getByRole("button", { name: /Approve deploy/ }).click();
    const field = page.getByLabel(/Type “Approve deploy”/);
    expect(await field.inputValue()).toBe("");
    expect(await page.getByRole("button", { name: "Approve deploy" }).isDisabled()).toBe(true);
    await page.keyboard.press("Enter");
    expect((await read(server, session_id)).status).toBe("pending");
    await field.fill("approve deploy");
    await page.keyboard.press("Enter");
    await page.locator(".seal").waitFor();
    await clean();
  });

  it("by keyboard alone: a single key only goes to the button", async () => {
    const { session_id } = await ask(server, confirmation("Deploy C?"));
    const page = await visit(`/r/${session_id}`);
    await page.locator(".question").waitFor();
    await page.keyboard.press("r");
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("Reject"));
    expect((await read(server, session_id)).status).toBe("pending");
    await page.keyboard.press("Enter");
    await page.locator(".seal", { hasText: "Declined" }).waitFor();
    await clean();
  });

  it("Enter never approves; Ctrl+Enter does, also from a field", async () => {
    const { session_id } = await ask(server, confirmation("Deploy D?"));
    const page = await visit(`/r/${session_id}`);
    await page.locator(".question").waitFor();
    await page.keyboard.press("1");
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("Approve"));
    await page.keyboard.press("Enter");
    await page.getByLabel(/Comment/).fill("yes");
    await page.keyboard.press("Control+Enter");
    await page.locator(".seal", { hasText: "Approved" }).waitFor();
    // The first valid answer counts: had Enter sent one, it would have no comment.
    expect((await read(server, session_id)).response?.comment).toBe("yes");
    await clean();
  });

  it("a selection by digits", async () => {
    const { session_id } = await ask(server, {
      interaction_data: { interaction_type: "selection", title: "Which?", message: "", multiple: true, min_choices: 2, options: ["a", { value: 7, label: "Seven" }, { value: true, label: "Yes" }] },
    });
    const page = await visit(`/r/${session_id}`);
    await page.locator(".options", { hasText: "Seven" }).waitFor();
    await page.keyboard.press("2");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Choose 2 to 3 options").waitFor();
    await page.keyboard.press("3");
    await page.keyboard.press("Control+Enter");
    await page.locator(".seal", { hasText: "Answered" }).waitFor();
    expect((await read(server, session_id)).response?.response_data).toEqual({ selection: [7, true] });
    await clean();
  });

  it("a form: what is wrong is said at its field, by the page and by the server", async () => {
    const { session_id } = await ask(server, {
      interaction_data: {
        interaction_type: "text_input", title: "Server?", message: "",
        fields: [
          { name: "host", label: "Host", required: true, validation: "(?x) [a-z]+ " },
          { name: "port", label: "Port", field_type: "integer", min_value: 1, max_value: 9 },
          { name: "a.b/c", label: "Odd", field_type: "checkbox", default: true },
        ],
      },
    });
    const page = await visit(`/r/${session_id}`);
    await page.getByLabel("Port").fill("10");
    await page.keyboard.press("Tab");
    await page.getByText("At most 9").waitFor();
    await page.getByLabel("Port").fill("8");
    // This browser cannot read the pattern, so the server has to say it.
    await page.getByLabel("Host").fill("X1");
    await page.getByRole("button", { name: /Submit/ }).click();
    await page.getByText(/Does not match/).first().waitFor();
    await page.getByLabel("Host").fill("build");
    await page.getByRole("button", { name: /Submit/ }).click();
    await page.locator(".seal").waitFor();
    expect((await read(server, session_id)).response?.response_data).toEqual({ host: "build", port: 8, "a.b/c": true });
    await clean();
  });

  it("files: refused ones say why, the others are sent and can be removed", async () => {
    const { session_id } = await ask(server, { interaction_data: { interaction_type: "file_upload", title: "Config?", message: "", accept_types: [".txt"], max_file_size: "1KB", multiple: true } });
    const page = await visit(`/r/${session_id}`);
    const picker = page.locator("input[type=file][hidden]");
    await picker.waitFor({ state: "attached" });
    await picker.setInputFiles([
      { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("one") },
      { name: "b.txt", mimeType: "text/plain", buffer: Buffer.from("two") },
      { name: "c.exe", mimeType: "application/x-msdownload", buffer: Buffer.from("MZ") },
      { name: "d.txt", mimeType: "text/plain", buffer: Buffer.alloc(2048, 65) },
    ]);
    await page.getByText("This type is not taken here: .txt").waitFor();
    await page.getByText("Larger than 1 KB").waitFor();
    await page.locator(".upload.done").nth(1).waitFor();
    await page.getByRole("button", { name: "Remove b.txt" }).click();
    await page.getByRole("button", { name: /Submit/ }).click();
    await page.locator(".seal").waitFor();
    await page.locator(".answer-files", { hasText: "a.txt" }).waitFor();
    const data = (await read(server, session_id)).response?.response_data as unknown as { files: string[] };
    expect(data.files).toHaveLength(1);
    await clean();
  });

  it("a review: changes need instructions, remarks at steps are kept", async () => {
    const { session_id } = await ask(server, {
      interaction_data: { interaction_type: "review", title: "Plan?", message: "", node_id: "n", attempt: 1, data_for_review: { planned_sub_tasks: [{ goal: "First" }, { goal: "Second", depends_on: ["1"] }] } },
    });
    const page = await visit(`/r/${session_id}`);
    await page.getByRole("button", { name: /Request changes/ }).click();
    expect((await read(server, session_id)).status).toBe("pending");
    await page.getByLabel(/What should change/).fill("Other order.");
    await page.getByRole("button", { name: "Remark on step 2" }).click();
    await page.getByRole("textbox", { name: "Remark on step 2" }).fill("Too early.");
    await page.getByRole("button", { name: /Request changes/ }).click();
    await page.locator(".seal", { hasText: "Sent back" }).waitFor();
    expect((await read(server, session_id)).response?.response_data).toEqual({ action: "modify", modification_instructions: "Other order.", step_comments: { 1: "Too early." } });

    await page.goto(`${server.url}/?tab=others`);
    await page.getByText("Sent back, next attempt awaited").waitFor();
    const second = await ask(server, {
      interaction_data: { interaction_type: "review", title: "Plan?", message: "", node_id: "n", attempt: 2, data_for_review: { planned_sub_tasks: [{ goal: "Second" }, { goal: "First", depends_on: ["1"] }] } },
    });
    await page.goto(`${server.url}/r/${second.session_id}`);
    await page.locator(".asked", { hasText: "Other order." }).waitFor();
    // One plan, with the changes in it: the order was turned around.
    expect(await page.locator(".steps").count()).toBe(1);
    expect(await page.locator(".step.changed").count()).toBe(2);
    expect(await page.locator("ins.change").count()).toBe(0);
    await clean();
  });

  it("what a schema admits, and what the page does not know, as JSON", async () => {
    const custom = await ask(server, { interaction_data: { interaction_type: "custom", title: "Limits?", message: "", schema: { type: "object", required: ["names"], properties: { names: { type: "array", items: { type: "string" }, title: "Names" }, n: { type: "integer", title: "N" } } } } });
    const page = await visit(`/r/${custom.session_id}`);
    await page.getByLabel("Names").fill("a\nb");
    await page.getByLabel(/^N /).fill("3");
    await page.getByRole("button", { name: /Submit/ }).click();
    await page.locator(".seal").waitFor();
    expect((await read(server, custom.session_id)).response?.response_data).toEqual({ names: ["a", "b"], n: 3 });

    const odd = await ask(server, { interaction_data: { interaction_type: "custom", title: "Anything?", message: "", schema: { type: "array", minItems: 2 } } });
    await page.goto(`${server.url}/r/${odd.session_id}`);
    await page.getByLabel("Answer, as JSON").fill("[1");
    await page.getByRole("button", { name: /Submit/ }).click();
    await page.getByText("This is not JSON").waitFor();
    await page.getByLabel("Answer, as JSON").fill("[1, 2]");
    await page.getByRole("button", { name: /Submit/ }).click();
    await page.locator(".seal").waitFor();
    await clean();
  });
});

describe("not deciding wrong, not losing", () => {
  it("two browsers race: one wins, the other sees who and keeps its draft", async () => {
    const { session_id } = await ask(server, confirmation("Race?"));
    const [one, two] = [await visit(`/r/${session_id}`, { name: "one" }), await visit(`/r/${session_id}`, { name: "two" })];
    await two.getByLabel(/Comment/).fill("My long thought.");
    await one.getByRole("button", { name: /Approve deploy/ }).click();
    await one.locator(".seal").waitFor();
    await two.locator(".seal", { hasText: "Approved" }).waitFor();
    expect(await two.locator(".record").innerText()).toContain("one");
    await two.getByText("Your draft").click();
    expect(await two.locator(".kept pre").innerText()).toContain("My long thought.");
    await clean();
  });

  it("drafts survive a reload", async () => {
    const { session_id } = await ask(server, confirmation("Later?"));
    const page = await visit(`/r/${session_id}`);
    await page.getByLabel(/Comment/).fill("Half a thought");
    await page.waitForFunction(async () => {
      const database = await new Promise<IDBDatabase>((done) => (indexedDB.open("askwell").onsuccess = (event) => done((event.target as IDBOpenDBRequest).result)));
      const drafts = await new Promise<unknown[]>((done) => (database.transaction("drafts").objectStore("drafts").getAll().onsuccess = (event) => done((event.target as IDBRequest<unknown[]>).result)));
      database.close();
      return JSON.stringify(drafts).includes("Half a thought");
    });
    await page.reload();
    await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>(".comment textarea")?.value === "Half a thought");
    await clean();
  });

  it("the server dies and comes back: not sent, nothing lost, sent again", async () => {
    const { session_id } = await ask(server, confirmation("Crash?"));
    const page = await visit(`/r/${session_id}`);
    await page.getByLabel(/Comment/).fill("Kept.");
    await server.crash();
    await page.getByRole("button", { name: /Approve deploy/ }).click();
    await page.getByText(/Not sent: the server cannot be reached/).waitFor();
    await page.locator(".offline").waitFor({ timeout: 10_000 });
    await server.revive();
    await page.locator(".offline").waitFor({ state: "hidden", timeout: 20_000 });
    expect((await read(server, session_id)).status).toBe("pending");
    await page.getByRole("button", { name: "Send again" }).click();
    await page.locator(".seal").waitFor();
    expect((await read(server, session_id)).response?.comment).toBe("Kept.");
    await clean();
  });

  it("at zero the form freezes and says what happened", async () => {
    const { session_id } = await ask(server, confirmation("Quick?", { on_timeout: "default" }, { timeout: 6, default_value: "hold" }));
    const page = await visit(`/r/${session_id}`);
    await page.getByLabel(/Comment/).fill("Too slow");
    expect(await page.locator(".clock").innerText()).toContain("closes with the default: Reject");
    await page.getByText("The default was used: Reject").waitFor();
    expect(await page.locator(".seal").count()).toBe(0);
    await page.getByText("Your draft").waitFor();
    await clean();
  });

  it("composition fires no shortcut", async () => {
    const { session_id } = await ask(server, confirmation("输入法?"));
    const page = await visit(`/r/${session_id}`, { language: "zh-CN" });
    const sent: string[] = [];
    page.on("request", (request) => request.method() === "POST" && request.url().endsWith("/respond") && sent.push(request.url()));
    await page.locator(".comment textarea").focus();
    const session = await page.context().newCDPSession(page);
    await session.send("Input.imeSetComposition", { text: "haode", selectionStart: 5, selectionEnd: 5 });
    await page.evaluate(() => document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, isComposing: true, bubbles: true })));
    await session.send("Input.insertText", { text: "好的" });
    expect(await page.locator(".comment textarea").inputValue()).toBe("好的");
    // Whatever the page had sent would have been sent before this.
    await page.evaluate(() => fetch("/api/health"));
    expect(sent).toEqual([]);
    expect((await read(server, session_id)).status).toBe("pending");
    await clean();
  });
});

describe("the inbox", () => {
  it("shows a new request within a second; while pointed at, behind the pill, and nothing moves", async () => {
    await ask(server, confirmation("Here before"));
    const page = await visit("/");
    await page.locator(".row").first().waitFor();
    await page.mouse.move(1200, 500);
    const badge = async () => Number(await page.locator("[data-badge]").innerText());
    const start = await badge();
    const rows = () => page.locator(".row:not(.closed)").count();
    expect(await rows()).toBe(start);
    await ask(server, confirmation("Fresh one"));
    const asked = performance.now();
    await page.getByText("Fresh one").waitFor();
    console.log("a new request is in the list after ms", Math.round(performance.now() - asked));
    expect(await badge()).toBe(start + 1);

    const last = page.locator(".row a").last();
    await last.hover();
    const place = await last.boundingBox();
    await ask(server, confirmation("Held one"));
    await page.getByRole("button", { name: "1 new" }).waitFor();
    expect(await last.boundingBox()).toEqual(place);
    expect(await badge()).toBe(start + 2);
    expect((await rows()) + 1).toBe(await badge());
    await page.getByRole("button", { name: "1 new" }).click();
    await page.getByText("Held one").waitFor();
    await clean();
  });

  it("says who else is looking, and who holds it", async () => {
    const { session_id } = await ask(server, confirmation("Together?"));
    const one = await visit(`/r/${session_id}`, { name: "one" });
    const two = await visit(`/r/${session_id}`, { name: "two" });
    await one.getByText("two is looking, too").waitFor();
    await two.keyboard.press("c");
    await one.getByText(/two holds this request until/).waitFor();
    expect(await one.getByRole("button", { name: /Approve deploy/ }).isDisabled()).toBe(true);
    expect(Number(await one.locator("[data-count=others]").innerText())).toBeGreaterThan(0);
    await two.keyboard.press("c");
    await one.waitForFunction(() => !document.querySelector<HTMLButtonElement>("[data-choice='0']")?.disabled);
    await clean();
  });

  it("first ten seconds: an empty inbox offers a request, one click opens it", async () => {
    const own = await startAskwell();
    const watched = await openPage(browser, own.url, { language: "zh-CN" });
    const begun = performance.now();
    await watched.page.getByRole("button", { name: "试一个" }).click();
    await watched.page.getByRole("button", { name: /批准部署/ }).click();
    await watched.page.locator(".seal", { hasText: "已批准" }).waitFor();
    console.log("from the first look to the first answer, ms", Math.round(performance.now() - begun));
    expect([...watched.faults, ...(await violations(watched.page))]).toEqual([]);
    await watched.context.close();
    await own.stop();
  });

  it("the playground sends a real request", async () => {
    const page = await visit("/play?kind=selection");
    await page.getByRole("button", { name: "Send a test request" }).click();
    await page.locator(".question", { hasText: "Choose the environments" }).waitFor();
    await clean();
  });

  it("languages switch without a reload, and search finds two Chinese characters", async () => {
    await ask(server, confirmation("部署支付服务到生产环境"));
    const page = await visit("/");
    await page.evaluate(() => ((window as unknown as { still: boolean }).still = true));
    await page.getByRole("button", { name: "切换到中文" }).click();
    await page.getByRole("heading", { name: "待办" }).waitFor();
    expect(await page.evaluate(() => (window as unknown as { still: boolean }).still)).toBe(true);
    await page.getByPlaceholder("搜索").fill("部署");
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll(".row")];
      return rows.length > 0 && rows.length < 4 && rows.every((row) => row.textContent?.includes("部署"));
    });
    await clean();
  });
});
