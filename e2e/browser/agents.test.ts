//! What agents ask: a command to allow, edit or refuse, questions to answer with a thumb, arguments whose numbers stay what
//! they were, and an agent that has gone. The pictures are kept, to be looked at.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, it, vi } from "vitest";
import { browser, type Look, openPage, overflow, read, serve, server, SHOTS, violations, type Watched } from "./harness";

serve();

const LANGUAGES = ["en", "zh-CN"] as const;
const BIG = "18446744073709551615";

interface Hook {
  id: string;
  told: Promise<string>;
  leave: () => void;
}

const newest = async (): Promise<string | undefined> => {
  const { sessions } = (await (await fetch(`${server.api}/sessions`)).json()) as { sessions: { session_id: string }[] };
  return sessions[0]?.session_id;
};

/** Claude Code asks, and waits. */
async function hook(tool: string, input: string, prompt: string): Promise<Hook> {
  const before = await newest();
  const leaving = new AbortController();
  const body = `{"hook_event_name":"PermissionRequest","session_id":"c-1","prompt_id":"${prompt}","cwd":"/home/li/shop","tool_name":"${tool}","tool_input":${input}}`;
  const told = fetch(`${server.api}/integrations/claude-code/hook`, { method: "POST", headers: { "Content-Type": "application/json" }, body, signal: leaving.signal }).then((answer) => answer.text());
  told.catch(() => undefined);
  const id = await vi.waitUntil(async () => {
    const now = await newest();
    return now !== before && now;
  }, { timeout: 20_000 });
  return { id, told, leave: () => leaving.abort() };
}

async function shoot(page: Page, name: string, look: Look): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
  await page.screenshot({ path: join(SHOTS, `agents-${name}-${look.width}-${look.language}.png`), fullPage: true });
}

async function clean({ page, context, faults }: Watched): Promise<void> {
  expect(faults).toEqual([]);
  expect(await violations(page)).toEqual([]);
  await context.close();
}

/** A browser that does not tell what a number looked like. */
const aged = (page: Page): Promise<unknown> => page.addInitScript(() => {
  const { parse } = JSON;
  JSON.parse = (text, reviver) => parse(text, reviver && function (key, value) { return reviver.call(this, key, value); });
  delete (JSON as { rawJSON?: unknown }).rawJSON;
});

const COMMAND = `{"command":"set -e\\nmake deploy ENV=production","description":"Deploy the shop","timeout":${BIG},"ratio":1.0,"background":false}`;

for (const language of LANGUAGES) {
  for (const width of [1440, 360]) {
    const look = { language, width, height: width === 360 ? 740 : 900 };

    it(`a command is read, edited and allowed, ${width} ${language}`, async () => {
      const asked = await hook("Bash", COMMAND, `${language} ${width}`);
      const watched = await openPage(browser, `${server.url}/r/${asked.id}`, look, width === 360 && language === "zh-CN" ? aged : undefined);
      const { page } = watched;
      await page.locator(".command").waitFor();
      expect(await page.locator(".command").innerText()).toBe("set -e\nmake deploy ENV=production");
      expect(await page.locator(".facts").innerText()).toContain("Claude Code");
      // As it stands, not as a double has it.
      expect(await page.locator(".action .json").innerText()).toContain(BIG);
      expect(await page.locator(".action .json").innerText()).toMatch(/ratio\s*:?\s*1\.0/);
      expect(await overflow(page)).toBe(0);
      await shoot(page, "command", look);

      await page.locator(".review-edit button").first().click();
      const number = page.locator(".arguments .number input").first();
      expect(await number.inputValue()).toBe(BIG);
      await number.fill("a lot");
      await page.locator(".arguments .field-error").waitFor();
      expect(await page.locator(".arguments .review-edit button").first().isDisabled()).toBe(true);
      await number.fill("9007199254740993");
      await page.locator(".arguments textarea").first().fill("set -e\nmake deploy ENV=staging");
      expect(await overflow(page)).toBe(0);
      await shoot(page, "editing", look);
      await page.locator(".arguments .review-edit button").first().click();
      await page.locator(".changes ins", { hasText: "ENV=staging" }).waitFor();
      await page.locator(".changes del", { hasText: "ENV=production" }).waitFor();
      expect(await overflow(page)).toBe(0);
      await shoot(page, "difference", look);
      await page.locator("[data-choice=approve]").click();
      const told = await asked.told;
      expect(told.trim()).toBe(`{"hookSpecificOutput":{"hookEventName":"PermissionRequest","decision":{"behavior":"allow","updatedInput":{"command":"set -e\\nmake deploy ENV=staging","description":"Deploy the shop","timeout":9007199254740993,"ratio":1.0,"background":false}}}}`);
      await page.locator(".record").first().waitFor();
      await clean(watched);
    });

    it(`questions are answered, ${width} ${language}`, async () => {
      const input = JSON.stringify({ questions: [
        { question: "Which database should the shop use?", header: "Database", multiSelect: false, options: [
          { label: "PostgreSQL", description: "Runs on several nodes; needs a server of its own." }, { label: "SQLite", description: "One file, nothing to run." }] },
        { question: "Which features do you want first?", header: "Features", multiSelect: true, options: [
          { label: "Login", description: "Accounts and passkeys" }, { label: "Export", description: "CSV and PDF" }, { label: "Search", description: "" }] },
      ] });
      const asked = await hook("AskUserQuestion", input, `questions ${language} ${width}`);
      const watched = await openPage(browser, `${server.url}/r/${asked.id}`, look);
      const { page } = watched;
      const press = (text: string) => (width === 360 ? page.locator(".tick-line", { hasText: text }).tap() : page.locator(".tick-line", { hasText: text }).click());
      await page.locator(".tick-line").first().waitFor();
      await page.locator(".tick-note", { hasText: "One file, nothing to run." }).waitFor();
      for (const line of await page.locator(".tick-line").all()) expect((await line.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(40);
      expect(await overflow(page)).toBe(0);
      await press("SQLite");
      await press("Login");
      await press("Export");
      await page.locator(".field input[type=text], .field .control-line.text input").last().fill("Dark mode");
      await shoot(page, "questions", look);
      await page.locator("[data-choice=submit]").click();
      const told = JSON.parse(await asked.told) as { hookSpecificOutput: { decision: { updatedInput: { answers: unknown; questions: unknown[] } } } };
      const { updatedInput } = told.hookSpecificOutput.decision;
      expect(updatedInput.answers).toEqual({ "Which database should the shop use?": "SQLite", "Which features do you want first?": "Login, Export, Dark mode" });
      expect(updatedInput.questions).toHaveLength(2);
      await page.locator(".record").first().waitFor();
      expect(await overflow(page)).toBe(0);
      await clean(watched);
    });

    it(`an agent that has gone is told of, and what it asked is closed, ${width} ${language}`, async () => {
      const asked = await hook("WebFetch", `{"url":"https://example.com/","prompt":"Sum it up"}`, `gone ${language} ${width}`);
      asked.leave();
      await vi.waitUntil(async () => (await read(server, asked.id)).waiting === (false as never), { timeout: 20_000 });
      const watched = await openPage(browser, `${server.url}/r/${asked.id}`, look);
      const { page } = watched;
      await page.locator(".gone", { hasText: "Claude Code" }).waitFor();
      expect(await overflow(page)).toBe(0);
      await shoot(page, "gone", look);
      await page.locator(".gone button").click();
      await page.locator("article[data-status=cancelled]").waitFor();
      expect((await read(server, asked.id)).status).toBe("cancelled");
      await clean(watched);
    });
  }
}

it("a number of a framework stays that number when another is edited on the page", async () => {
  const body = `[{"action_request":{"action":"transfer","args":{"to":"Ann","amount":250,"account":${BIG},"rate":1.0}},"config":{"allow_accept":true,"allow_edit":true},"description":"Pay Ann"}]`;
  const opened = (await (await fetch(`${server.api}/sessions`, { method: "POST", headers: { "Content-Type": "application/json" }, body })).json()) as { session_id: string };
  const watched = await openPage(browser, `${server.url}/r/${opened.session_id}`);
  const { page } = watched;
  await page.locator(".review-edit button").first().click();
  await page.locator(".arguments .number input").first().fill("300");
  await page.locator(".arguments .review-edit button").first().click();
  // What is not allowed is not offered.
  expect(await page.locator("[data-choice]").count()).toBe(1);
  await page.locator("[data-choice=approve]").click();
  await page.locator(".record").first().waitFor();
  const told = await (await fetch(`${server.api}/sessions/${opened.session_id}`)).text();
  expect(told).toContain(`"resume":[{"type":"edit","args":{"action":"transfer","args":{"to":"Ann","amount":300,"account":${BIG},"rate":1.0}}}]`);
  await clean(watched);
});
