// A client that was away comes back by itself and catches up: without a hole, without a double.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Listener, TRANSPORTS } from './listener.mjs'
import { confirmation, Server } from './server.mjs'

// Opens sessions and reviews and answers them until it is stopped, whether the server is there or not.
class Traffic {
  done = 0

  constructor(server) {
    this.server = server
    this.runs = [0, 1, 2].map((number) => this.run(number))
  }

  async run(number) {
    for (let round = 0; !this.over; round += 1) {
      try {
        await this.one(number, round)
        this.done += 1
      } catch {
        // The server is away: there is nothing else to do than to try again.
        await new Promise(setImmediate)
      }
      this.look?.()
    }
  }

  async one(number, round) {
    if (round % 3 === 0) {
      const name = `review-${number}-${round}`
      const request = { request_id: name, checkpoint_name: name, context_message: '', node_id: `n${number}` }
      await this.server.call('POST', '/api/system/hitl-request', request)
      await this.server.call('POST', '/api/system/hitl-response', { request_id: name, action: 'approve' })
    } else {
      const { session_id } = await this.server.open(confirmation({ title: `Question ${number}-${round}` }))
      await (round % 3 === 1 ? this.server.respond(session_id, { choice: 'confirm' }) : this.server.cancel(session_id))
    }
  }

  wait(more) {
    const wanted = this.done + more
    return new Promise((resolve) => {
      this.look = () => this.done >= wanted && resolve()
    })
  }

  async stop() {
    this.over = true
    await Promise.all(this.runs)
  }
}

for (const transport of Object.keys(TRANSPORTS)) {
  test(`${transport}: subscribing after a cursor tells what was missed and then what comes`, async (t) => {
    const server = await Server.start(t)
    const early = await Listener.connect(t, server, transport)
    const [first, second] = [await server.open(), await server.open()]
    await early.wait('new_session', {}, 2)
    const late = await Listener.connect(t, server, transport)
    const after = early.all('new_session')[0].cursor
    assert.deepEqual(await late.call('subscribe', { after }), { success: true, cursor: after })
    await server.respond(first.session_id, { choice: 'confirm' })
    await late.wait('session_completed')
    const told = late.changes().map(({ session_id, type }) => [session_id, type])
    assert.deepEqual(told, [[second.session_id, 'opened'], [first.session_id, 'answered']])
    assert.equal((await late.call('subscribe', { after: 'zzz' })).success, false)
  })

  test(`${transport}: a long backlog comes in one go`, async (t) => {
    const server = await Server.start(t)
    const { cursor } = await Listener.connect(t, server, transport)
    for (let n = 0; n < 200; n += 1) await server.open()
    const late = await Listener.connect(t, server, transport, { after: cursor })
    const happened = await server.feed()
    await late.waitForCursor(happened.at(-1).cursor)
    assert.deepEqual(late.changes(), happened)
    assert.equal(late.all('disconnect').length, 0)
  })

  test(`${transport}: a killed server costs no client a change`, async (t) => {
    const server = await Server.start(t)
    const connect = () => Listener.connect(t, server, transport, { resumes: true })
    const listeners = await Promise.all([connect(), connect(), connect()])
    const traffic = new Traffic(server)
    for (let kill = 1; kill <= 3; kill += 1) {
      await traffic.wait(10)
      await server.kill()
      await server.start()
      for (const listener of listeners) await listener.wait('connected', {}, kill + 1)
    }
    await traffic.wait(10)
    await traffic.stop()
    const happened = await server.feed()
    assert.ok(happened.length > 40)
    for (const listener of listeners) {
      await listener.waitForCursor(happened.at(-1).cursor)
      assert.deepEqual(listener.changes(), happened)
      assert.equal(listener.all('disconnect').length, 3)
    }
  })

  test(`${transport}: a graceful stop ends at once and its clients come back`, async (t) => {
    const server = await Server.start(t)
    const client = await Listener.connect(t, server, transport, { resumes: true })
    await server.open()
    await client.wait('new_session')
    assert.equal(await server.kill('SIGTERM'), 0)
    await client.wait('disconnect')
    await server.start()
    await client.wait('connected', {}, 2)
    await server.open()
    await client.wait('new_session', {}, 2)
    assert.deepEqual(client.changes(), await server.feed())
  })

  test(`${transport}: an agent gets its answer across a restart`, async (t) => {
    const server = await Server.start(t)
    const agent = await Listener.connect(t, server, transport, { only: 'joined' })
    const request = { request_id: 'r', checkpoint_name: 'Plan', context_message: '', node_id: 'n' }
    const taken = await agent.call('hitl_request', request)
    await server.kill()
    await server.start()
    await agent.wait('connected', {}, 2)
    await server.call('POST', '/api/system/hitl-response', { request_id: 'r', action: 'approve' })
    assert.deepEqual(await agent.call('hitl_request', request), taken)
    assert.equal((await agent.wait('hitl_response', { request_id: 'r' })).user_choice, 'approved')
  })
}
