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

/** A promise and what keeps it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((done) => (open = done));
  return { opened, open };
}

it.each(["shown", "on its way"])("what is asked while the line is not up yet is listed once it is, with the list %s", async (list) => {
  const [listed, line, connected, answer] = [gate(), gate(), gate(), gate()];
  const { page, context, faults } = await openPage(browser, server.url, {}, async (page) => {
    await page.routeWebSocket(/\/socket\.io\//, async (socket) => {
      await line.opened;
      const far = socket.connectToServer();
      socket.onMessage((message) => far.send(message));
      far.onMessage((message) => {
        socket.send(message);
        if (String(message).startsWith("40")) connected.open();
      });
    });
    await page.route(/\/api\/sessions\?/, async (route) => {
      const response = await route.fetch();
      listed.open();
      if (list === "on its way") await answer.opened;
      await route.fulfill({ response });
    });
  });
  await listed.opened;
  const { session_id } = await ask(server, { interaction_data: { interaction_type: "confirmation", title: `Asked while it was ${list}`, message: "", timeout: 900 } });
  line.open();
  await connected.opened;
  answer.open();
  await page.locator(`.row a[data-session="${session_id}"]`).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
