//! Parts of the page that come late, where the server is away when they are wanted: they come once it is back.
import { expect, it } from "vitest";
import { ask, browser, openPage, serve, server } from "./harness";

serve();

it("the menu and the raw data come once the server is back, without loading the page anew", async () => {
  const { session_id } = await ask(server, { interaction_data: { interaction_type: "confirmation", title: "Shall we?", message: "Because.", timeout: 900 } });
  const { page, context, faults } = await openPage(browser, `${server.url}/r/${session_id}`);
  await page.locator(".question").waitFor();
  // Whoever is connected is among those who look.
  await page.waitForLoadState("networkidle");
  await server.crash();
  await page.locator(".offline").waitFor();
  const menu = page.locator(".facts-more");
  await menu.getByRole("button", { name: "More", exact: true }).click();
  expect(await menu.locator(".menu button").count()).toBe(0);
  await page.keyboard.press("Escape");
  await page.locator(".fold summary").click();
  await server.revive();
  await page.locator(".fold .pairs").waitFor();
  await menu.getByRole("button", { name: "More", exact: true }).click();
  await menu.locator(".menu button", { hasText: "Copy link" }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
