import { describe, expect, it } from "vitest";
import { Exact, parse, parseSession, pretty } from "./exact";

const told = "reviver with source" in globalThis || JSON.parse("1.0", ((_: string, __: unknown, context?: { source?: string }) => context?.source) as never) === "1.0";

describe.runIf(told)("numbers of others", () => {
  it("keep their digits", () => {
    const text = '{"a":18446744073709551615,"b":1.0,"c":[9007199254740993,2,2.5,-0.0],"d":1e2}';
    expect(JSON.stringify(parse(text))).toBe(text);
    expect(String((parse(text) as { a: Exact }).a)).toBe("18446744073709551615");
    expect(parse('{"n":300,"f":0.5}')).toEqual({ n: 300, f: 0.5 });
    expect(pretty(parse('{"n":1.0}'))).toBe('{\n  "n": 1.0\n}');
  });

  it("are numbers wherever the page itself counts with them", () => {
    const session = parseSession('{"extendable_seconds":60.0,"actions":[{"args":{"n":1.0}}],"response_data":{"edited":{"n":2.0}}}') as Record<string, unknown>;
    expect(session.extendable_seconds).toBe(60);
    expect(JSON.stringify(session)).toContain('"args":{"n":1.0}');
    expect(JSON.stringify(session)).toContain('"edited":{"n":2.0}');
  });
});
