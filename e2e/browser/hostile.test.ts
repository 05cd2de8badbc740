//! Whatever a requester writes, nothing of it runs, nothing is fetched for it, and what would mislead is shown.
import { expect, it } from "vitest";
import { ask, browser, openPage, overflow, serve, server, violations } from "./harness";

serve();

const SCRIPTS = [
  "<script>window.__ran=1</script>", "<img src=x onerror=window.__ran=1>", "<svg onload=window.__ran=1>", "<svg><script>window.__ran=1</script></svg>",
  "<iframe srcdoc='<script>parent.__ran=1</script>'></iframe>", "<a href='javascript:window.__ran=1'>x</a>", "[x](javascript:window.__ran=1)",
  "[x](data:text/html,<script>window.__ran=1</script>)", "![x](https://evil.example/pixel.png)", "![x](//evil.example/p.gif)", "<math><mtext></form><form><mglyph><style></math><img src onerror=window.__ran=1>",
  "<style>*{display:none}</style>", "<link rel=stylesheet href=//evil.example/x.css>", "<base href=//evil.example/>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
  "<form action=//evil.example><button>Approve</button></form>", "<object data=//evil.example>", "<embed src=//evil.example>", "<video src=//evil.example onerror=window.__ran=1>",
  "<details open ontoggle=window.__ran=1>", "<input autofocus onfocus=window.__ran=1>", "<body onload=window.__ran=1>", "<div style='position:fixed;inset:0'>cover</div>",
  "<button popovertarget=x>Approve</button>", "{{constructor.constructor('window.__ran=1')()}}", "${window.__ran=1}", "`'\"><script>window.__ran=1</script>", "--><script>window.__ran=1</script>",
  "]]><script>window.__ran=1</script>", "<b>&amp;", "&lt;script&gt;window.__ran=1&lt;/script&gt;", "<p id=root>", "<p class='bar solid'>Approve</p>", "<template><img src=x onerror=window.__ran=1></template>",
  "<noscript><p title='</noscript><img src=x onerror=window.__ran=1>'>", "<a href='https://evil.example' target=_top>Approve here</a>", "[https://bank.example](https://evil.example)", "<area href=javascript:window.__ran=1>",
  "<xss onpointerover=window.__ran=1>", "\u0000<script>window.__ran=1</script>", "<scr\u0000ipt>window.__ran=1</script>", "<<script>script>window.__ran=1</script>", "%3Cscript%3Ewindow.__ran=1%3C/script%3E",
];
const TRICKS = [
  "Delete \u202egpj.exe", "App\u200brove", "\u2066left\u2069", "Ok\u00ad\u00ad\u00ad", "pаypal.com", "Αpprove", "yes                                        no", "a\u2028b", "\ufeffstart", "tag\u{e0041}\u{e0042}",
  "\u3164", "zero\u200d\u200dwidth", "\u061carabic", "up\u0336\u0336", "⁣invisible", "line\u0007bell", "ｆｕｌｌwidth", "\u180emongol",
];
const CORPUS = [...SCRIPTS, ...TRICKS];

it(`${CORPUS.length} texts in every place run nothing, fetch nothing and are seen`, async () => {
  expect(CORPUS.length).toBeGreaterThanOrEqual(60);
  const bodies = CORPUS.map((evil, index) => ({
    interaction_data: {
      interaction_type: ["confirmation", "selection", "text_input", "review", "custom"][index % 5],
      title: evil.slice(0, 190) || "x",
      message: `${evil}\n\n${evil}`,
      consequences: { on_answer: [evil, { text: evil, irreversible: true }], on_timeout: evil },
      options: index % 5 < 2 ? [{ value: "a", label: evil }, { value: evil, label: "Approve", ...(index % 5 === 1 ? { description: evil } : {}) }] : undefined,
      fields: index % 5 === 2 ? [{ name: "x", label: evil, help: evil, placeholder: evil }, { name: evil.trim() || "y", label: "L" }] : undefined,
      schema: index % 5 === 4 ? { type: "object", properties: { [evil]: { type: "string", title: evil, description: evil } } } : undefined,
      data_for_review: { planned_sub_tasks: [{ goal: evil, node_type: evil, depends_on: [evil] }], [evil]: evil, diff: `+${evil}` },
      actions: [{ kind: evil.slice(0, 100).trim() || "k", target: evil, args: { [evil]: evil }, description: evil }],
      timeout: 3000,
    },
    workflow_id: evil.slice(0, 100), metadata: { requester: evil, [evil]: evil }, tags: [evil.slice(0, 50) || "t"],
  }));
  const { page, context, faults } = await openPage(browser, server.url, { width: 1200 });
  const outside: string[] = [];
  page.on("request", (request) => {
    const { host, protocol } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && !host.startsWith("127.0.0.1")) outside.push(request.url());
  });
  page.on("dialog", (dialog) => (outside.push("dialog"), void dialog.dismiss()));
  let opened = 0;
  for (const [index, body] of bodies.entries()) {
    const session = await ask(server, body).catch(() => null);
    if (!session) continue;
    opened += 1;
    await page.evaluate((id) => {
      history.pushState(null, "", `/r/${id}`);
    }, session.session_id);
    await page.locator(`.row a[data-session="${session.session_id}"][aria-current]`).waitFor();
    await page.locator("article.reader .activity li").first().waitFor({ timeout: 10_000 }).catch((error: unknown) => {
      throw new Error(`${JSON.stringify(CORPUS[index])}: ${String(error)}`);
    });
    const title = await page.locator(".question").innerText();
    if (index >= SCRIPTS.length && !/up|ｆ/.test(CORPUS[index] ?? "")) {
      const shown = (await page.locator(".question .odd, .question .mixed").count()) > 0;
      expect({ title, shown }).toEqual({ title, shown: true });
    }
    expect({ title, overflow: await overflow(page) }).toEqual({ title, overflow: 0 });
  }
  expect(opened).toBeGreaterThanOrEqual(50);
  expect(await page.evaluate(() => (window as unknown as { __ran?: number }).__ran)).toBeUndefined();
  expect(outside).toEqual([]);
  expect([...faults, ...(await violations(page))]).toEqual([]);
  expect(await page.locator(".shell .nav").count()).toBe(1);
  await context.close();
}, 240_000);

it("what is too large to read is refused before anybody sees it", async () => {
  const refused = async (title: string) => {
    const body = JSON.stringify({ interaction_data: { interaction_type: "confirmation", title, message: "" } });
    return (await fetch(`${server.api}/sessions`, { method: "POST", headers: { "Content-Type": "application/json" }, body })).status;
  };
  expect(await refused("x".repeat(201))).toBe(422);
  expect(await refused("x".repeat(2 ** 20 - 200))).toBe(422);
  expect(await refused("x".repeat(2 ** 20))).toBe(413);
});
