//! Every kind of question, answered by mouse, by keyboard alone and with a thumb on 360 px, in both languages. The last
//! kind is one that the page has never heard of.
import type { Locator, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, browser, openPage, overflow, read, serve, server, violations, type Watched } from "./harness";

serve();

const text = (zh: string, en: string) => ({ "zh-CN": zh, en });

/** Tab after tab until what is wanted has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let steps = 0; steps < 100; steps += 1) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`no way to ${selector} by keyboard`);
}

type Press = (what: Locator) => Promise<void>;

interface Case {
  body: object;
  /** Shown to the page as this kind. */
  as?: string;
  pointer(page: Page, press: Press): Promise<void>;
  keys(page: Page): Promise<void>;
  answer: { pointer: unknown; keys: unknown };
}

const submit = "[data-choice=submit]";
const file = { name: "app.yaml", mimeType: "text/yaml", buffer: Buffer.from("port: 1\n") };
const schema = { type: "object", required: ["cpu"], additionalProperties: false, properties: { cpu: { type: "integer", minimum: 1, title: "CPU %" } } };

const CASES: Record<string, Case> = {
  confirmation: {
    body: { interaction_type: "confirmation", title: text("部署吗？", "Deploy?"), options: [{ value: "yes", label: text("批准部署", "Approve deploy") }, { value: "no", label: text("拒绝", "Reject") }] },
    pointer: (page, press) => press(page.locator("[data-choice='0']")),
    keys: async (page) => {
      await tabTo(page, "[data-choice='1']");
      await page.keyboard.press("Enter");
    },
    answer: { pointer: { choice: "yes" }, keys: { choice: "no" } },
  },
  selection: {
    body: { interaction_type: "selection", title: text("选哪个？", "Which one?"), options: [{ value: "a", label: text("甲", "A") }, { value: "b", label: text("乙", "B") }, { value: "c", label: text("丙", "C") }] },
    pointer: async (page, press) => {
      await press(page.locator(".option").nth(2));
      await press(page.locator(submit));
    },
    keys: async (page) => {
      await tabTo(page, ".option input");
      await page.keyboard.press("Space");
      await page.keyboard.press("ArrowDown");
      await tabTo(page, submit);
      await page.keyboard.press("Space");
    },
    answer: { pointer: { selection: "c" }, keys: { selection: "b" } },
  },
  text_input: {
    body: {
      interaction_type: "text_input", title: text("新服务器？", "New server?"),
      fields: [
        { name: "host", label: text("主机名", "Host"), required: true },
        { name: "region", label: text("区域", "Region"), field_type: "select", options: ["north", "west"], required: true },
        { name: "tls", label: "TLS", field_type: "checkbox", default: false },
      ],
    },
    pointer: async (page, press) => {
      const host = page.getByRole("textbox", { name: /主机名|Host/ });
      await press(host);
      await host.fill("build-3");
      await page.locator("#answering select").selectOption({ label: "west" });
      await press(page.locator("#answering input[type=checkbox]"));
      await press(page.locator(submit));
    },
    keys: async (page) => {
      await tabTo(page, "#answering input:not([type=checkbox])");
      await page.keyboard.type("build-4");
      await tabTo(page, "#answering select");
      await page.keyboard.type("north");
      await tabTo(page, "#answering input[type=checkbox]");
      await page.keyboard.press("Space");
      await page.keyboard.press("Control+Enter");
    },
    answer: { pointer: { host: "build-3", region: "west", tls: true }, keys: { host: "build-4", region: "north", tls: true } },
  },
  file_upload: {
    body: { interaction_type: "file_upload", title: text("上传配置", "Upload the config"), accept_types: [".yaml"] },
    pointer: async (page, press) => {
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press(page.locator(".drop-buttons button"))]);
      await chooser.setFiles(file);
      await page.locator(".upload.done").waitFor();
      await press(page.locator(submit));
    },
    keys: async (page) => {
      const opened = page.waitForEvent("filechooser");
      await tabTo(page, ".drop-buttons button");
      await page.keyboard.press("Enter");
      await (await opened).setFiles(file);
      await page.locator(".upload.done").waitFor();
      await page.keyboard.press("Control+Enter");
    },
    answer: { pointer: { files: [expect.any(String)] }, keys: { files: [expect.any(String)] } },
  },
  review: {
    body: { interaction_type: "review", title: text("审查计划", "Review the plan"), data_for_review: { planned_sub_tasks: [{ goal: "First" }, { goal: "Second", depends_on: ["1"] }] } },
    pointer: (page, press) => press(page.locator("[data-choice=approve]")),
    keys: async (page) => {
      await tabTo(page, "[data-choice=modify]");
      await page.keyboard.press("Enter");
      await page.locator("textarea[data-wanted]:focus").waitFor();
      await page.keyboard.type("Other order.");
      await tabTo(page, "[data-choice=modify]");
      await page.keyboard.press("Space");
    },
    answer: { pointer: { action: "approve" }, keys: { action: "modify", modification_instructions: "Other order." } },
  },
  custom: {
    body: { interaction_type: "custom", title: text("阈值？", "Which threshold?"), schema },
    pointer: async (page, press) => {
      await press(page.getByLabel(/^CPU/));
      await page.getByLabel(/^CPU/).fill("80");
      await press(page.locator(submit));
    },
    keys: async (page) => {
      await tabTo(page, "#answering input");
      await page.keyboard.type("70");
      await page.keyboard.press("Control+Enter");
    },
    answer: { pointer: { cpu: 80 }, keys: { cpu: 70 } },
  },
  unknown: {
    body: { interaction_type: "custom", title: text("全息图？", "Hologram?"), schema },
    as: "hologram",
    pointer: async (page, press) => {
      await press(page.locator("#answering textarea.mono"));
      await page.locator("#answering textarea.mono").fill('{"cpu": 60}');
      await press(page.locator(submit));
    },
    keys: async (page) => {
      await tabTo(page, "#answering textarea.mono");
      await page.keyboard.type('{"cpu": 50}');
      await page.keyboard.press("Control+Enter");
    },
    answer: { pointer: { cpu: 60 }, keys: { cpu: 50 } },
  },
};

const WAYS = { mouse: { width: 1440, height: 900 }, keyboard: { width: 1440, height: 900 }, thumb: { width: 360, height: 740 } } as const;

/** The page is told of a kind that it does not know. */
const renamed = (to: string) => async (route: Route) => {
  const answer = await route.fetch();
  await route.fulfill({ response: answer, body: (await answer.text()).replaceAll('"interaction_type":"custom"', `"interaction_type":"${to}"`) });
};

describe.each(["zh-CN", "en"] as const)("%s", (language) => {
  describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])("by %s", (way) => {
    let watched: Watched;
    beforeAll(async () => {
      watched = await openPage(browser, `${server.url}/settings`, { language, ...WAYS[way] });
    });
    afterAll(() => watched?.context.close());

    it.each(Object.keys(CASES))("%s", async (kind) => {
      const { body, as, pointer, keys, answer } = CASES[kind] as Case;
      const { page, faults } = watched;
      const { session_id } = await ask(server, { interaction_data: { message: "**Why**", ...body }, workflow_id: `${kind}-${way}` });
      if (as) await page.route(/\/api\/sessions/, renamed(as));
      await page.goto(`${server.url}/r/${session_id}`);
      await page.locator("[data-choice]").first().waitFor();
      if (kind !== "confirmation") await page.locator("#answering").locator("input, textarea, button").first().waitFor();
      if (way === "keyboard") await keys(page);
      else await pointer(page, (what) => (way === "thumb" ? what.tap() : what.click()));
      await page.locator(".seal").waitFor();
      const session = await read(server, session_id);
      expect(session.response?.response_data).toEqual(way === "keyboard" ? answer.keys : answer.pointer);
      expect({ faults: [...faults.splice(0), ...(await violations(page))], overflow: await overflow(page) }).toEqual({ faults: [], overflow: 0 });
      await page.unrouteAll({ behavior: "ignoreErrors" });
    });
  });
});
