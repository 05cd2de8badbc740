import { afterEach, describe, expect, it, vi } from "vitest";

type Reader = typeof import("./exact");

const native = JSON as { rawJSON?: unknown };
const { rawJSON } = native;

/** The module as a browser loads it that can, or cannot, tell what a number looked like. */
async function loaded(able: boolean): Promise<Reader> {
  vi.resetModules();
  if (!able) delete native.rawJSON;
  const reader = await import("./exact");
  await reader.ready;
  return reader;
}

afterEach(() => {
  if (rawJSON) native.rawJSON = rawJSON;
});

describe.each(rawJSON ? [true, false] : [false])("numbers of others, with a browser that can tell them: %s", (able) => {
  it("keep their digits", async () => {
    const { Exact, parse, pretty, write } = await loaded(able);
    const text = '{"a":18446744073709551615,"b":1.0,"c":[9007199254740993,2,2.5,-0.0],"d":1e2,"e":"1.0"}';
    expect(write(parse(text))).toBe(text);
    const { a } = parse(text) as { a: unknown };
    expect(a).toBeInstanceOf(Exact);
    expect(String(a)).toBe("18446744073709551615");
    expect(parse('{"n":300,"f":0.5}')).toEqual({ n: 300, f: 0.5 });
    expect(pretty(parse('{"n":1.0}'))).toBe('{\n  "n": 1.0\n}');
    for (const wrong of ["", "{", "{1.0:2}", "[01]", "[1.]", "[1 2]", "{'a':1}", "NaN"]) expect(() => parse(wrong), wrong).toThrow();
  });

  it("are numbers wherever the page itself counts with them", async () => {
    const { parseSession, write } = await loaded(able);
    const session = parseSession('{"extendable_seconds":60.0,"actions":[{"args":{"n":1.0}}],"response_data":{"edited":{"n":2.0}}}') as Record<string, unknown>;
    expect(session.extendable_seconds).toBe(60);
    expect(write(session)).toContain('"args":{"n":1.0}');
    expect(write(session)).toContain('"edited":{"n":2.0}');
  });
});
