//! Checks that a callback comes from the server, unchanged and now (Standard Webhooks, version v1).
import { InvalidSignature } from "./errors.js";
import { parse } from "./json.js";
import { isObject } from "./session.js";
import type { Schemas, Status } from "./wire.js";

const PREFIX = "whsec_";
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** What is posted to a `callback_url`. */
export interface Callback {
  /** The same for each try: under this id it counts once. */
  readonly event_id: string;
  readonly session_id: string;
  readonly workflow_id?: string | null;
  readonly status: Status;
  /** With `completed`; and with `timeout` where a default stands in, marked `source: "timeout"`. */
  readonly response?: Schemas["ResponseData"] | null;
  readonly timestamp: string;
  readonly version: number;
  readonly [more: string]: unknown;
}

/** Those of `fetch`, of Node.js, or any object of texts; names in any case. */
export type HeadersLike = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** Seconds, both ways. 300 */
  tolerance?: number;
}

/**
 * A callback's payload if it is genuine; throws `InvalidSignature` otherwise. `secret` is what `askwell webhook-secret`
 * prints; while it is being replaced, the old and the new one. `body` must be the bytes as they arrived: parsed and
 * written anew they are others. The same callback may come more than once; its `event_id` tells.
 */
export async function verifyWebhook(
  secret: string | readonly string[],
  headers: HeadersLike,
  body: Uint8Array | ArrayBuffer | string,
  options: VerifyOptions = {},
): Promise<Callback> {
  return verifyAt(Date.now() / 1000, secret, headers, body, options.tolerance ?? 300);
}

/** As `verifyWebhook`, at a given Unix time. */
export async function verifyAt(
  now: number,
  secret: string | readonly string[],
  headers: HeadersLike,
  body: Uint8Array | ArrayBuffer | string,
  tolerance: number,
): Promise<Callback> {
  const keys = await Promise.all([secret].flat().map(keyOf));
  if (!keys.length) throw new TypeError("there is no secret");
  const [id, sentAt, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => header(headers, name)) as [string, string, string];
  const raw = bytes(body);
  const signed = concatenated(bytes(`${id}.${sentAt}.`), raw);
  const given = signatures.split(/\s+/).map(signatureOf);
  // Each with each, and compared by the platform in constant time: several stand there while a secret is being replaced.
  const verdicts = await Promise.all(keys.flatMap((key) => given.map((one) => crypto.subtle.verify("HMAC", key, one, signed))));
  if (!verdicts.includes(true)) throw new InvalidSignature("no signature fits: another secret, or another body");
  // Only now is the time known to be the sender's. A plain integer: no "Infinity", no "1e999".
  if (!/^\d+$/.test(sentAt) || !(Math.abs(now - Number(sentAt)) <= tolerance)) {
    throw new InvalidSignature(`sent at ${sentAt}, which is more than ${tolerance} s from now`);
  }
  let payload: unknown;
  try {
    payload = parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch (wrong) {
    throw new InvalidSignature("the body is no JSON", { cause: wrong });
  }
  if (!isObject(payload) || payload.event_id !== id) throw new InvalidSignature("the body is not that of a callback");
  return payload as unknown as Callback;
}

function header(headers: HeadersLike, name: string): string {
  // Whatever `Headers` a framework has, it can be gone through.
  const entries = (Symbol.iterator in headers ? headers : Object.entries(headers)) as Iterable<[string, unknown]>;
  for (const [one, value] of entries) {
    if (one.toLowerCase() !== name) continue;
    if (typeof value === "string") return value;
    if (Array.isArray(value)) return value.join(" ");
  }
  throw new InvalidSignature(`the header ${name} is missing`);
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const text = secret.trim();
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  // An unset variable must not turn into a key that everybody knows.
  if (!encoded) throw new TypeError("the secret is empty");
  const key = decoded(encoded);
  if (!key?.length) throw new TypeError("the secret is not what `askwell webhook-secret` prints");
  return crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

/** Of a signature of another version: nothing, which fits nothing. */
function signatureOf(text: string): Uint8Array<ArrayBuffer> {
  return (text.startsWith("v1,") && decoded(text.slice(3))) || new Uint8Array();
}

function decoded(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!BASE64.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function bytes(body: Uint8Array | ArrayBuffer | string): Uint8Array {
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (ArrayBuffer.isView(body)) return body;
  if (Object.prototype.toString.call(body) === "[object ArrayBuffer]") return new Uint8Array(body);
  throw new TypeError("the body is to be checked as it arrived: its bytes, or its text, before anything parsed it");
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
