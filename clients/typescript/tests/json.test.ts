import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, write } from "../src/json.js";

test("whole numbers keep every digit, both ways", () => {
  const text = '{"a":9007199254740993,"b":[-9223372036854775808,18446744073709551615],"c":9007199254740991,"d":1.5,"e":"9007199254740993"}';
  const value = parse(text) as Record<string, unknown>;
  assert.deepEqual(value, { a: 9007199254740993n, b: [-9223372036854775808n, 18446744073709551615n], c: 9007199254740991, d: 1.5, e: "9007199254740993" });
  assert.equal(write(value), text);
});

test("texts that look like numbers stay texts, escapes and all", () => {
  const text = String.raw`{"k\"9007199254740993":"\"9007199254740993\\","n":[1,"9007199254740993",9007199254740993]}`;
  assert.deepEqual(parse(text), { 'k"9007199254740993': '"9007199254740993\\', n: [1, "9007199254740993", 9007199254740993n] });
});

test("numbers stay numbers, of their kind", () => {
  assert.equal(write(parse('{"port":8080,"on":true,"none":null,"f":0.1,"e":1e21}')), '{"port":8080,"on":true,"none":null,"f":0.1,"e":1e+21}');
  assert.equal(parse("12345678901234567890.5"), 12345678901234567000);
});

test("what is no JSON is not mended", () => {
  for (const text of ["", "{", "-00012345678901234567", "[9007199254740993", "9007199254740993n", "'9007199254740993'"]) {
    assert.throws(() => parse(text), SyntaxError, text);
  }
});

test("what JSON would lose in silence is not written", () => {
  for (const value of [{ n: NaN }, [Infinity], { f: () => 1 }, [undefined], { s: Symbol("s") }]) {
    assert.throws(() => write(value), TypeError);
  }
  assert.equal(write({ absent: undefined, when: new Date(0) }), '{"when":"1970-01-01T00:00:00.000Z"}');
});
