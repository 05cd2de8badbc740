// An identity provider for tests: `oidc-provider` on loopback, with two people and a side door.
//
//   node provider.mjs --redirect http://127.0.0.1:8096/api/login/oauth/callback [--redirect …] [--port 0]
//
// It prints one line of JSON when it listens, {"issuer", "client_id", "client_secret"}, and ends when its standard
// input does, so that no test leaves it behind. Its own pages ask for a login (`mei` or `omar`, any password) and for
// consent; `abort` on either is a refusal.
//
// The side door, by POST: /side/rotate makes new keys, /side/nonce spoils the nonce of the next ID token,
// /side/userinfo keeps names and groups out of ID tokens from then on.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import { Provider } from 'oidc-provider';

const PEOPLE = {
  mei: { name: '梅 Mei', email: 'mei@example.org', email_verified: true, groups: ['ops', 'everyone'] },
  omar: { name: 'Omar', email: 'omar@example.org', email_verified: false, groups: ['leads'] },
};
const CLIENT = { client_id: 'askwell', client_secret: 'a secret of the tests' };

// Whoever started this reads one line and may then close the pipe, into which the library goes on talking.
console.info = console.warn;
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, redirect: { type: 'string', multiple: true, default: [] } },
});

const rows = new Map();
let spoilNonce = false;

/** All in memory, and shared by the providers before and after a rotation. */
class Memory {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    if (this.model === 'AuthorizationCode' && spoilNonce) {
      payload = { ...payload, nonce: 'another' };
      spoilNonce = false;
    }
    rows.set(this.key(id), payload);
  }

  async find(id) {
    return rows.get(this.key(id));
  }

  async findByUid(uid) {
    return [...rows].find(([key, row]) => key.startsWith(`${this.model}:`) && row.uid === uid)?.[1];
  }

  async findByUserCode() {
    return undefined;
  }

  async consume(id) {
    rows.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    rows.delete(this.key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, row] of rows) {
      if (row.grantId === grantId) rows.delete(key);
    }
  }
}

const settings = { keys: newKeys(), inIdToken: true };

function newKeys() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' }] };
}

function provider(issuer) {
  return new Provider(issuer, {
    adapter: Memory,
    clients: [{ ...CLIENT, redirect_uris: values.redirect, grant_types: ['authorization_code'], response_types: ['code'] }],
    jwks: settings.keys,
    cookies: { keys: ['only for tests'] },
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    conformIdTokenClaims: !settings.inIdToken,
    pkce: { required: () => true },
    findAccount: (_, login) =>
      Object.hasOwn(PEOPLE, login)
        ? { accountId: login, claims: () => ({ sub: login, preferred_username: login, ...PEOPLE[login] }) }
        : undefined,
  });
}

const server = createServer((request, response) => {
  if (request.method !== 'POST' || !request.url.startsWith('/side/')) return handle(request, response);
  const doors = {
    '/side/rotate': () => (settings.keys = newKeys()),
    '/side/nonce': () => (spoilNonce = true),
    '/side/userinfo': () => (settings.inIdToken = false),
  };
  doors[request.url]?.();
  handle = provider(issuer).callback();
  response.writeHead(doors[request.url] ? 204 : 404).end();
});

let issuer;
let handle;
server.listen(Number(values.port), '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  handle = provider(issuer).callback();
  console.log(JSON.stringify({ issuer, ...CLIENT }));
});

process.stdin.resume().on('end', () => process.exit(0));
