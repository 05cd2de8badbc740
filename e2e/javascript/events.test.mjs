// Every event, by the official JavaScript client, over each transport.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Listener, TRANSPORTS } from './listener.mjs'
import { confirmation, Server } from './server.mjs'

const REVIEW = {
  checkpoint_name: 'PlanGeneration',
  context_message: 'Please look at the plan',
  data_for_review: { steps: ['读取', 'write'], cost: 1.5 },
  node_id: 'root.1',
  current_attempt: 1,
}

const names = (presence) => presence.viewers.map((viewer) => viewer.name)

for (const transport of Object.keys(TRANSPORTS)) {
  test(`${transport}: a client is greeted`, async (t) => {
    const server = await Server.start(t)
    const client = await Listener.connect(t, server, transport)
    const greeting = client.all('connected')[0]
    assert.equal(greeting.message, '连接成功')
    assert.match(greeting.server_time, /Z$/)
    assert.equal(client.transport, transport === 'polling' ? 'polling' : 'websocket')
  })

  test(`${transport}: every change is told to whoever joined nothing`, async (t) => {
    const server = await Server.start(t)
    const client = await Listener.connect(t, server, transport)
    const { session_id } = await server.open(confirmation({ extendable_seconds: 60 }))
    const { cursor, ...opened } = await client.wait('new_session', { session_id })
    assert.deepEqual(opened, (await server.call('GET', `/api/events`)).events[0].session)
    const steps = [
      ['claim', { user_id: 'mei' }, 'session_updated', 'claimed'],
      ['release', { user_id: 'mei' }, 'session_updated', 'released'],
      ['extend', { seconds: 30 }, 'session_updated', 'extended'],
      ['respond', { response: { choice: 'confirm' }, user_id: 'mei' }, 'session_completed', 'answered'],
    ]
    const cursors = [cursor]
    for (const [path, body, name, type] of steps) {
      const reply = await server.call('POST', `/api/sessions/${session_id}/${path}`, body)
      const event = await client.wait(name, { session_id, type })
      assert.deepEqual(event.session, reply.session)
      assert.equal(event.version, cursors.push(event.cursor))
    }
    assert.deepEqual(cursors, [...new Set(cursors)].sort())
    const other = await server.open()
    await server.cancel(other.session_id, { reason: '不需要了' })
    assert.equal((await client.wait('session_cancelled')).reason, '不需要了')
    const late = await server.open(confirmation({ timeout: 1 }))
    assert.equal((await client.wait('session_timeout', { session_id: late.session_id })).session.status, 'timeout')
  })

  test(`${transport}: joining, leaving, looking`, async (t) => {
    const server = await Server.start(t)
    const [first, second] = [await Listener.connect(t, server, transport), await Listener.connect(t, server, 'websocket')]
    const { session_id } = await server.open()
    assert.deepEqual(await first.call('join_session', { session_id }), { success: true, session_id })
    assert.deepEqual(await first.wait('joined_session'), { session_id })
    assert.deepEqual(await first.call('leave_session', { session_id }), { success: true, session_id })
    assert.deepEqual(await first.wait('left_session'), { session_id })
    await first.call('viewing', { session_id, user_id: 'mei' })
    assert.deepEqual(names(await second.wait('presence', { session_id })), ['mei'])
    await second.call('viewing', { session_id, user_id: 'li' })
    assert.deepEqual(names(await first.wait('presence', { session_id }, 2)).sort(), ['li', 'mei'])
    first.socket.disconnect()
    assert.deepEqual(names(await second.wait('presence', { session_id }, 3)), ['li'])
  })

  test(`${transport}: a review goes from the agent to the person and back`, async (t) => {
    const server = await Server.start(t)
    const agent = await Listener.connect(t, server, transport, { only: 'joined' })
    const person = await Listener.connect(t, server, transport)
    const taken = await agent.call('hitl_request', { ...REVIEW, request_id: 'r-1' })
    const shown = await person.wait('hitl_request', { request_id: 'r-1', session_id: taken.session_id })
    for (const [key, value] of Object.entries(REVIEW)) assert.deepEqual(shown[key], value)
    assert.match(shown.timestamp, /Z$/)
    person.socket.emit('hitl_response', { request_id: 'r-1', action: 'modify', modification_instructions: 'more sources' })
    const told = await agent.wait('hitl_response', { request_id: 'r-1' })
    assert.equal(told.user_choice, 'request_modification')
    assert.equal(told.modification_instructions, 'more sources')
    await agent.call('hitl_request', { ...REVIEW, request_id: 'r-2', current_attempt: 2, timeout: 1 })
    assert.equal((await person.wait('hitl_timeout', { request_id: 'r-2' })).node_id, 'root.1')
    assert.equal((await agent.wait('hitl_response', { request_id: 'r-2' })).user_choice, 'timeout')
    person.socket.emit('hitl_response', { request_id: 'r-2', action: 'approved' })
    assert.equal((await person.wait('hitl_error', { request_id: 'r-2' })).code, 'session_expired')
    assert.equal(person.all('hitl_response').length, 0)
  })

  test(`${transport}: an acknowledgement carries what REST answers`, async (t) => {
    const server = await Server.start(t)
    const client = await Listener.connect(t, server, transport)
    const [first, second] = [await server.open(), await server.open()]
    const body = { response: { choice: 'confirm' }, user_id: 'mei', comment: '好' }
    const done = await client.call('respond', { session_id: first.session_id, ...body })
    assert.equal(done.success, true)
    assert.deepEqual(done, await server.respond(first.session_id, body.response, { user_id: 'mei', comment: '好' }))
    const cancelled = await client.call('cancel', { session_id: second.session_id, reason: 'late' })
    assert.deepEqual(cancelled, await server.cancel(second.session_id, { reason: 'late' }))
    for (const [id, response, status, code] of [
      [first.session_id, { choice: 'cancel' }, 409, 'session_closed'],
      [second.session_id, { choice: 'confirm' }, 409, 'session_closed'],
      [(await server.open()).session_id, { choice: 'maybe' }, 422, 'validation_failed'],
      ['018f0000-0000-7000-8000-000000000001', { choice: 'confirm' }, 404, 'session_not_found'],
    ]) {
      const { request_id: one, ...bySocket } = await client.call('respond', { session_id: id, response, user_id: 'mei' })
      const { request_id: other, ...byRest } = await server.respond(id, response, { user_id: 'mei' })
      assert.ok(one && other)
      assert.deepEqual(bySocket, byRest)
      assert.deepEqual([bySocket.success, bySocket.status, bySocket.code], [false, status, code])
    }
    assert.equal((await client.call('no_such_event', { a: 1 })).code, 'unknown_event')
    client.socket.emit('no_such_event', 'text')
    assert.equal((await client.wait('hitl_error')).code, 'unknown_event')
    assert.equal((await client.call('respond', Buffer.from('bytes'))).success, false)
  })

  test(`${transport}: half a megabyte goes through both ways`, async (t) => {
    const server = await Server.start(t)
    const [agent, person] = [await Listener.connect(t, server, transport), await Listener.connect(t, server, transport)]
    const plan = { steps: ['步'.repeat(100_000), 'x'.repeat(200_000)] }
    assert.equal((await agent.call('hitl_request', { ...REVIEW, request_id: 'large', data_for_review: plan })).success, true)
    assert.deepEqual((await person.wait('hitl_request')).data_for_review, plan)
    const { session_id } = await server.open({ interaction_type: 'custom', title: 'Paste', message: '', schema: {} })
    const answer = { text: '答'.repeat(50_000) + 'y'.repeat(350_000) }
    const done = await person.call('respond', { session_id, response: answer })
    assert.deepEqual(done.session.response.response_data, answer)
    assert.deepEqual((await agent.wait('session_completed', { session_id })).session.response.response_data, answer)
  })
}
