//! JSON that keeps whole numbers: the server does, up to 64 bits, and `JSON.parse` does not.
import { uuid } from "./uuid.js";

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const INTEGER = /^-?\d{16,}$/;

/** Reads JSON; integers that a `number` cannot hold exactly become a `bigint`. Throws a `SyntaxError`. */
export function parse(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!/\d{16}/.test(text)) return value;
  // Only now that it is known to be JSON: what is put into it must not mend what is broken.
  const mark = uuid();
  const marked = text.replace(TOKEN, (token) =>
    INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${mark}${token}"` : token,
  );
  return JSON.parse(marked, (_, given: unknown) =>
    typeof given === "string" && given.startsWith(mark) ? BigInt(given.slice(mark.length)) : given,
  );
}

/** Writes JSON; a `bigint` is written as its digits. Throws a `TypeError` for what JSON would lose or alter in silence. */
export function write(value: unknown): string {
  const mark = uuid();
  const text = JSON.stringify(value, function (this: unknown, key: string, given: unknown) {
    if (typeof given === "bigint") return mark + String(given);
    const lost = typeof given === "number" ? !Number.isFinite(given) : typeof given === "function" || typeof given === "symbol";
    if (lost || (given === undefined && Array.isArray(this))) {
      throw new TypeError(`${key || "the value"} is ${String(given)}, which is no JSON`);
    }
    return given;
  });
  return text.replace(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1");
}
