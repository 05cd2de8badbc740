// The TypeScript client, as it is installed from its package, against the real server.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import path from 'node:path'
import { test } from 'node:test'
import {
  Askwell,
  Cancelled,
  confirmation,
  custom,
  fileUpload,
  InvalidSignature,
  isOpen,
  Problem,
  selection,
  TimedOut,
  Unreachable,
  verifyWebhook,
} from '@askwell/client'
import { BINARY, Server } from './server.mjs'

const QUICK = { firstRetry: 0.02, longestRetry: 0.1 }
const NOW = { retryFor: 0.2, grace: 0.1, firstRetry: 0.02, longestRetry: 0.05 }

const clientOf = (server, options = {}) => new Askwell(server.url, { language: 'en', patience: QUICK, ...options })

// The open sessions, once there are so many.
async function opened(server, count = 1) {
  for (;;) {
    const { sessions } = await server.call('GET', '/api/sessions')
    if (sessions.length >= count) return sessions
  }
}

async function waitedFor(server) {
  while (!/askwell_waiting [1-9]/.test(await (await fetch(`${server.url}/metrics`)).text()));
}

test('it is the package that is tested', () => {
  assert.match(import.meta.resolve('@askwell/client'), /node_modules\/@askwell\/client\/dist\/index\.js$/)
})

test('ask, and a person answers', async (t) => {
  const server = await Server.start(t)
  const waiting = clientOf(server).confirm('Deploy?', { yes: 'Deploy', timeout: 600, risk: 'low' })
  const [session] = await opened(server)
  assert.deepEqual(session.interaction_data.options.map(({ value }) => value), ['confirm', 'cancel'])
  await server.respond(session.session_id, { choice: 'confirm' }, { user_id: 'li.wei' })
  assert.equal(await waiting, true)
})

test('every kind is asked and answered', async (t) => {
  const server = await Server.start(t)
  const askwell = clientOf(server)
  const asks = {
    choose: [askwell.choose('Where?', ['staging', { value: 7, label: 'Seven' }]), { selection: 7 }, 7],
    several: [askwell.chooseSeveral('Which?', ['a', 'b', 'c']), { selection: ['a', 'c'] }, ['a', 'c']],
    form: [
      askwell.form('Which server?', [{ name: 'host' }, { name: 'port', field_type: 'integer' }]),
      { host: 'build-3', port: '8080' },
      { host: 'build-3', port: 8080 },
    ],
    custom: [
      askwell.ask(custom('Any?', { schema: { type: 'object' } })).then(({ data }) => data),
      { id: 1 },
      { id: 1 },
    ],
    review: [
      askwell
        .review('Scale', 'Now?', {}, { node_id: 'n', actions: [{ kind: 'tool', target: 'scale', args: { replicas: 3 }, allowed: ['approve', 'edit'] }] })
        .then(({ action, edited }) => [action, edited]),
      { action: 'approve', edited: { replicas: 2 } },
      ['approve', { replicas: 2 }],
    ],
  }
  const titles = { choose: 'Where?', several: 'Which?', form: 'Which server?', custom: 'Any?', review: 'Scale' }
  const sessions = await opened(server, 5)
  for (const [kind, [waiting, response, expected]] of Object.entries(asks)) {
    const { session_id } = sessions.find(({ interaction_data }) => interaction_data.title === titles[kind])
    const reply = await server.respond(session_id, response)
    assert.equal(reply.success, true, JSON.stringify(reply))
    assert.deepEqual(await waiting, expected, kind)
  }
})

test('files are fetched', async (t) => {
  const server = await Server.start(t)
  const askwell = clientOf(server)
  const session = await askwell.open(fileUpload('Config?'))
  const form = new FormData()
  form.append('file', new Blob(['listen: 8080']), 'config.yaml')
  const uploaded = await (await fetch(`${server.url}/api/sessions/${session.session_id}/files`, { method: 'POST', body: form })).json()
  await askwell.respond(session.session_id, { files: [uploaded.file.file_id] })
  const { data } = await askwell.wait(session.session_id)
  assert.equal(new TextDecoder().decode(await askwell.download(session.session_id, data.files[0])), 'listen: 8080')
})

test('whole numbers keep every digit on the whole way', async (t) => {
  const server = await Server.start(t)
  const askwell = clientOf(server)
  const id = 9007199254740993n
  const session = await askwell.open(custom('Any?', { schema: {}, data_for_review: { id } }), { metadata: { id } })
  assert.equal(session.metadata.id, id)
  await askwell.respond(session.session_id, { id, small: 1, text: '1' })
  assert.deepEqual((await askwell.wait(session.session_id)).data, { id, small: 1, text: '1' })
})

test('no answer is told as what it is', async (t) => {
  const server = await Server.start(t)
  const askwell = clientOf(server)
  const session = await askwell.open(confirmation('Deploy?'), { timeout: 600 })
  assert.ok(isOpen(session))
  await askwell.cancel(session.session_id, 'superseded')
  await assert.rejects(askwell.wait(session.session_id), (error) => error instanceof Cancelled && error.session.error_message === 'superseded')
  await assert.rejects(askwell.confirm('Deploy?', { timeout: 1 }), TimedOut)
  const answer = await askwell.ask(confirmation('Deploy?', { default_value: 'cancel' }), { timeout: 1, on_timeout: 'default' })
  assert.deepEqual([answer.data, answer.source, answer.user_id], [{ choice: 'cancel' }, 'timeout', null])
})

test('a refusal says where and why', async (t) => {
  const server = await Server.start(t)
  const askwell = clientOf(server)
  await assert.rejects(askwell.open(confirmation('x'.repeat(300))), (error) => {
    assert.ok(error instanceof Problem)
    assert.deepEqual([error.status, error.code, error.pointer], [422, 'validation_failed', '/interaction_data/title'])
    assert.ok(error.request_id)
    return true
  })
  const session = await askwell.open(selection('Where?', { options: ['a'] }))
  await assert.rejects(askwell.respond(session.session_id, { selection: 'b' }), { status: 422 })
  await assert.rejects(askwell.respond(session.session_id, { selection: 'a' }, { content_hash: 'another' }), { status: 412 })
  await askwell.respond(session.session_id, { selection: 'a' }, { content_hash: session.content_hash, user_id: 'li.wei' })
  await assert.rejects(askwell.cancel(session.session_id), { status: 409, code: 'session_closed' })
})

test('a wait survives a kill -9, and an answer while nobody listened', async (t) => {
  const server = await Server.start(t)
  const waiting = clientOf(server).ask(confirmation('Deploy?'), { timeout: 600 })
  const [{ session_id }] = await opened(server)
  await waitedFor(server)
  await server.kill()
  await server.start()
  await server.respond(session_id, { choice: 'cancel' }, { user_id: 'li.wei' })
  assert.deepEqual((await waiting).data, { choice: 'cancel' })
})

test('opening while the server is down asks once', async (t) => {
  const server = await Server.start(t)
  await server.kill()
  const waiting = clientOf(server).ask(confirmation('Deploy?'), { timeout: 600 })
  await server.start()
  const [{ session_id }] = await opened(server)
  await server.respond(session_id, { choice: 'confirm' })
  assert.equal((await waiting).session.session_id, session_id)
  assert.equal((await server.call('GET', '/api/statistics')).statistics.total_sessions, 1)
})

test('an idempotency key finds the answer again, after a kill -9', async (t) => {
  const server = await Server.start(t)
  const key = { idempotency_key: 'release-7', timeout: 600 }
  const session = await clientOf(server).open(confirmation('Deploy?'), key)
  await server.respond(session.session_id, { choice: 'confirm' })
  await server.kill()
  await server.start()
  const answer = await clientOf(server).ask(confirmation('Deploy?'), key)
  assert.equal(answer.session.session_id, session.session_id)
  await assert.rejects(clientOf(server).ask(confirmation('Something else?'), key), { code: 'idempotency_mismatch' })
})

test('never a yes when the server is gone for good', async (t) => {
  const server = await Server.start(t)
  const askwell = clientOf(server, { patience: NOW })
  const asked = confirmation('Deploy?', { default_value: 'confirm' })
  const session = await askwell.open(asked, { on_timeout: 'default', timeout: 1 })
  const waits = [askwell.wait(session.session_id), askwell.wait(session.session_id, { timeout: 0.5 })]
  const refused = waits.map((wait) => assert.rejects(wait, TimedOut))
  await server.kill()
  await Promise.all(refused)
  await assert.rejects(askwell.confirm('Deploy?'), Unreachable)
  assert.equal((await askwell.outcome(session.session_id, { timeout: 0.1 })).answer, undefined)
})

test('an abort ends the wait, and the question stays open', async (t) => {
  const server = await Server.start(t)
  const controller = new AbortController()
  const waiting = clientOf(server).confirm('Deploy?', { timeout: 600, signal: controller.signal })
  const refused = assert.rejects(waiting, { name: 'AbortError' })
  const [{ session_id }] = await opened(server)
  controller.abort()
  await refused
  assert.equal((await server.get(session_id)).status, 'pending')
})

test('two hundred waits at once go through a restart', async (t) => {
  const server = await Server.start(t)
  const askwell = clientOf(server)
  const field = { name: 'number', field_type: 'integer' }
  const asks = Array.from({ length: 200 }, (_, number) => askwell.form(String(number), [field], { timeout: 600 }))
  const sessions = await server.feed().then(async () => {
    for (;;) {
      const { sessions } = await server.call('GET', '/api/sessions?limit=500')
      if (sessions.length === 200) return sessions
    }
  })
  await server.kill()
  await server.start()
  for (const { session_id, interaction_data } of sessions) await server.respond(session_id, { number: Number(interaction_data.title) })
  assert.deepEqual((await Promise.all(asks)).map(({ number }) => number), Array.from({ length: 200 }, (_, number) => number))
})

test('the feed goes on after a kill without a hole or a double', async (t) => {
  const server = await Server.start(t)
  const askwell = clientOf(server)
  const events = askwell.events({ after: 'oldest' })
  const session = await askwell.open(confirmation('1'))
  const first = (await events.next()).value
  assert.deepEqual([first.type, first.session_id, first.version], ['opened', session.session_id, 1])
  await server.kill()
  await server.start()
  await askwell.respond(session.session_id, { choice: 'confirm' })
  await askwell.open(confirmation('2'))
  const seen = [(await events.next()).value, (await events.next()).value]
  assert.deepEqual(seen.map(({ type }) => type), ['answered', 'opened'])
  await events.return()
  const again = askwell.events({ after: first.cursor })
  for (const event of seen) assert.equal((await again.next()).value.cursor, event.cursor)
  await again.return()
  await assert.rejects(askwell.events({ after: 'nonsense' }).next(), { code: 'invalid_cursor' })
})

test('callbacks are checked', async (t) => {
  const server = await Server.start(t)
  const calls = []
  let heard
  const called = new Promise((resolve) => (heard = resolve))
  const receiver = createServer(async (request, reply) => {
    const parts = await request.toArray()
    calls.push([request.headers, Buffer.concat(parts)])
    reply.end()
    heard()
  }).listen(0, '127.0.0.1')
  t.after(() => receiver.close())
  await once(receiver, 'listening')
  const askwell = clientOf(server)
  const callback_url = `http://127.0.0.1:${receiver.address().port}/`
  const session = await askwell.open(confirmation('Deploy?'), { callback_url, workflow_id: 'w' })
  await askwell.respond(session.session_id, { choice: 'confirm' })
  await called
  const secret = execFileSync(BINARY, ['webhook-secret', '--data-dir', path.join(server.folder, 'data')], { encoding: 'utf8' })
  const [headers, body] = calls[0]
  const payload = await verifyWebhook(secret, headers, body)
  assert.deepEqual([payload.session_id, payload.status, payload.workflow_id], [session.session_id, 'completed', 'w'])
  const changed = body.toString().replace('"confirm"', '"cancel!"')
  await assert.rejects(verifyWebhook(secret, headers, changed), InvalidSignature)
  await assert.rejects(verifyWebhook(secret, headers, body, { tolerance: -1 }), InvalidSignature)
})
