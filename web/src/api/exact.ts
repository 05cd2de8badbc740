//! JSON of others whose numbers keep their digits: 64-bit integers, and floats that end in `.0`. Invariant: what is read
//! and written again is, number for number, what it was. Browsers that cannot tell what a number looked like round it.

interface Source {
  source?: string;
}

const raw = (JSON as { rawJSON?: (text: string) => unknown }).rawJSON;

/** A number that this language would write differently. */
export class Exact {
  constructor(readonly source: string) {}
  toJSON(): unknown {
    return raw ? raw(this.source) : Number(this.source);
  }
  toString(): string {
    return this.source;
  }
}

/** Reads JSON; throws where it is none. */
export function parse(text: string): unknown {
  const keep = (_: string, value: unknown, context?: Source) =>
    typeof value === "number" && context?.source !== undefined && String(value) !== context.source ? new Exact(context.source) : value;
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
}

export const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

/** Where values of others stand that are handed on. */
const THEIRS = new Set(["args", "edited"]);

/** Numbers as such everywhere else. */
function plain(value: unknown): unknown {
  if (value instanceof Exact) return Number(value.source);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, THEIRS.has(key) ? each : plain(each)]));
}

/** Reads what the server says of a session. */
export const parseSession = (text: string): unknown => plain(parse(text));
