//! JSON of others whose numbers keep their digits: 64-bit integers, and floats that end in `.0`. Invariant: what is read
//! and written again is, number for number, what it was. Neighbours: browsers that cannot tell what a number looked like
//! (Safari before 18.4, Firefox before 135) load a reader that can, before anything is shown.

interface Source {
  source?: string;
}

const raw = (JSON as { rawJSON?: (text: string) => unknown }).rawJSON;

let other: typeof import("lossless-json") | undefined;

/** From then on numbers keep their digits. */
export const ready: Promise<void> = raw ? Promise.resolve() : import("lossless-json").then((loaded) => void (other = loaded));

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

const kept = (source: string): number | Exact => (String(Number(source)) === source ? Number(source) : new Exact(source));

/** Reads JSON; throws where it is none. */
export function parse(text: string): unknown {
  if (other) return other.parse(text, undefined, kept);
  const keep = (_: string, value: unknown, context?: Source) =>
    typeof value === "number" && context?.source !== undefined ? kept(context.source) : value;
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
}

/** Writes JSON. */
export const write = (value: unknown, indent?: number): string =>
  (other ? other.stringify(value, undefined, indent, [{ test: (each) => each instanceof Exact, stringify: String }]) : JSON.stringify(value, null, indent)) ?? "";

export const pretty = (value: unknown): string => write(value, 2);

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
