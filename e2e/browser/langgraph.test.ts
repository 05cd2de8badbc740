//! A graph of LangGraph that is paused at a real interrupt, answered here, and resumed in another process.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { browser, openPage, read, serve, server, violations } from "./harness";

const ROOT = resolve(import.meta.dirname, "../..");
const PYTHON = join(ROOT, "target/venv/bin/python");
const AGENT = join(ROOT, "e2e/frameworks/graph_agent.py");

let folder: string;

serve();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "askwell-graph-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("an argument that is edited in the page reaches the graph as the number that it is", async () => {
  const ask = [AGENT, server.url, join(folder, "agent.db")];
  // This process asks, and ends.
  const ids = JSON.parse(execFileSync(PYTHON, [...ask, "ask"], { encoding: "utf8" })) as string[];
  expect(ids).toHaveLength(2);
  const { page, context, faults } = await openPage(browser, server.url, { language: "en" });
  await page.getByText("Scale the web service?").first().click();
  await page.getByRole("button", { name: "Edit arguments" }).click();
  await page.getByLabel("replicas").fill("3");
  await page.getByLabel("share").fill("0.5");
  await page.locator(".review-action").getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: /^Approve/ }).first().click();
  await page.locator(".seal", { hasText: "Approved" }).waitFor();
  await page.goto(server.url);
  await page.getByText("Notify the customers?").first().click();
  await page.getByRole("button", { name: /^(Cancel|No)/ }).first().click();
  await page.locator(".seal").waitFor();
  expect([...faults, ...(await violations(page))]).toEqual([]);
  await context.close();

  // This one comes back to the checkpoint, and goes on with what was said.
  const done = await new Promise<string>((resolve, reject) => {
    const agent = spawn(PYTHON, ask, { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    agent.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    agent.once("exit", (code) => (code === 0 ? resolve(said) : reject(new Error(`the agent ended with ${code}`))));
  });
  // As text: a number that had become a text, or lost a digit, would show.
  expect(done.trim()).toBe('{"scaled": {"service": "web", "replicas": 3, "share": 0.5, "id": 9007199254740993, "dry": false}, "notified": false}');
  for (const id of ids) expect((await read(server, id)).status).toBe("completed");
});
