import { describe, expect, it } from "vitest";
import { entriesOf, isFault, retyped, textOf } from "./entries";

const ARGS = '{"command":"ls\\n-la","n":2.5,"on":true,"list":[1,{"a":null}],"none":null}';

describe("arguments one by one", () => {
  it("come back as they were", () => {
    const entries = entriesOf(ARGS) ?? [];
    expect(entries.map((each) => each.kind)).toEqual(["text", "number", "flag", "json", "json"]);
    expect(JSON.stringify(JSON.parse(textOf(entries)))).toBe(ARGS);
  });

  it("keep a number a number, and say what is none", () => {
    const [entry] = entriesOf('{"n":1}') ?? [];
    const typed = (text: string) => ({ ...entry!, typed: text });
    expect(textOf([typed("18446744073709551615")])).toContain('"n": 18446744073709551615');
    for (const odd of ["", "-", "1.", "0x1", "1,5", '"1"', "1, \"x\": 2", "NaN", "01"]) {
      expect(isFault(typed(odd)), odd).toBe(true);
      expect(() => JSON.parse(textOf([typed(odd)])) as unknown, odd).toThrow();
    }
  });

  it("end their lines as they did", () => {
    const [windows, unix, mixed] = entriesOf('{"a":"x\\r\\ny","b":"x\\ny","c":"x\\r\\ny\\nz"}') ?? [];
    expect(retyped(windows!, "x\ny\nz").typed).toBe("x\r\ny\r\nz");
    expect(retyped(unix!, "x\ny\nz").typed).toBe("x\ny\nz");
    expect(retyped(mixed!, "x\ny").typed).toBe("x\ny");
  });

  it("are JSON where there are no keys to go by", () => {
    for (const text of ["[1]", "1", "{}", "{", "null"]) expect(entriesOf(text)).toBeNull();
  });
});
