import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, test } from "node:test";
import { InvalidSignature } from "../src/index.js";
import { type HeadersLike, verifyAt, verifyWebhook } from "../src/webhooks.js";

const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
const SECRET = `whsec_${KEY.toString("base64")}`;
const OLD = `whsec_${Buffer.from("another key, which was used before").toString("base64")}`;
const NOW = 1_790_000_000;
const BODY = JSON.stringify({ session_id: "a", status: "completed", event_id: "msg_1", version: 2, text: "夜" });

const sign = (body: string, id = "msg_1", at: number | string = NOW, key = KEY): string =>
  `v1,${createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64")}`;
const headers = (changes: Record<string, string> = {}) => ({
  "webhook-id": "msg_1", "webhook-timestamp": String(NOW), "webhook-signature": sign(BODY), ...changes,
});
const verify = (given: HeadersLike = headers(), body: string | Uint8Array = BODY, secret: string | string[] = SECRET, at = NOW) =>
  verifyAt(at, secret, given, body, 300);

test("a genuine callback gives its payload", async () => {
  const payload = await verify();
  assert.deepEqual([payload.session_id, payload.status, payload.event_id, payload.text], ["a", "completed", "msg_1", "夜"]);
  const upper = Object.fromEntries(Object.entries(headers()).map(([name, value]) => [name.toUpperCase(), value]));
  for (const given of [upper, new Headers(headers()), { ...headers(), "webhook-signature": [sign(BODY)] }]) {
    assert.equal((await verify(given)).session_id, "a");
  }
  const bytes = new TextEncoder().encode(BODY);
  assert.equal((await verify(headers(), bytes)).session_id, "a");
  assert.equal((await verify(headers(), bytes, ` ${SECRET}\n`)).session_id, "a");
  assert.equal((await verify(headers(), bytes, SECRET.slice(6))).session_id, "a");
});

test("while a secret is being replaced both count", async () => {
  const several = `v1,AAAA v2,${sign(BODY).slice(3)} ${sign(BODY)}`;
  assert.equal((await verify(headers({ "webhook-signature": several }))).session_id, "a");
  assert.equal((await verify(headers(), BODY, [OLD, SECRET])).session_id, "a");
  await assert.rejects(verify(headers(), BODY, [OLD]), InvalidSignature);
});

describe("anything else is refused", () => {
  const unsigned = headers();
  const wrong: Record<string, [HeadersLike, string]> = {
    "another body": [headers(), BODY.replace("completed", "cancelled")],
    "another id": [headers({ "webhook-id": "msg_2" }), BODY],
    "another time": [headers({ "webhook-timestamp": String(NOW + 1) }), BODY],
    "another key": [headers({ "webhook-signature": sign(BODY, "msg_1", NOW, Buffer.from("x")) }), BODY],
    "no signature": [headers({ "webhook-signature": "" }), BODY],
    "another version": [headers({ "webhook-signature": sign(BODY).replace("v1,", "v1a,") }), BODY],
    "a shorter signature": [headers({ "webhook-signature": sign(BODY).slice(0, -5) }), BODY],
    "nonsense": [headers({ "webhook-signature": "v1,§§§§" }), BODY],
    "no header": [{ ...unsigned, "webhook-id": undefined }, BODY],
    "no headers": [{}, BODY],
    "a time that is none": [headers({ "webhook-timestamp": "Infinity", "webhook-signature": sign(BODY, "msg_1", "Infinity") }), BODY],
    "no JSON": [headers({ "webhook-signature": sign("no") }), "no"],
    "another's JSON": [headers({ "webhook-signature": sign("{}") }), "{}"],
    "a list": [headers({ "webhook-signature": sign("[]") }), "[]"],
  };
  for (const [name, [given, body]] of Object.entries(wrong)) test(name, () => assert.rejects(verify(given, body), InvalidSignature));
  test("what is too old, or of the future", async () => {
    for (const at of [NOW - 301, NOW + 301]) await assert.rejects(verify(headers(), BODY, SECRET, at), /more than 300 s/);
    assert.equal((await verify(headers(), BODY, SECRET, NOW + 300)).session_id, "a");
    await assert.rejects(verifyWebhook(SECRET, headers(), BODY, { tolerance: -1 }), InvalidSignature);
    await assert.rejects(verifyWebhook(SECRET, headers(), BODY, { tolerance: NaN }), InvalidSignature);
  });
});

test("wrong use is told as that", async () => {
  for (const secret of ["", "whsec_", "  ", "not base64!", []]) await assert.rejects(verify(headers(), BODY, secret), TypeError);
  await assert.rejects(verify(headers(), JSON.parse(BODY) as never), /before anything parsed it/);
});
