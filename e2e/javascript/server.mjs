// A real server: the built binary, a temporary folder, a free port. It may be killed and started again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

export const BINARY = process.env.ASKWELL_BIN ?? path.resolve(import.meta.dirname, '../../target/debug/askwell')

export class Server {
  static async start(t) {
    const server = new Server()
    server.folder = mkdtempSync(path.join(tmpdir(), 'askwell-'))
    t.after(async () => {
      await server.kill()
      rmSync(server.folder, { recursive: true, force: true })
    })
    await server.start()
    return server
  }

  async start() {
    const port = this.url ? new URL(this.url).port : '0'
    const args = ['serve', '--data-dir', path.join(this.folder, 'data'), '--port', port]
    this.process = spawn(BINARY, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] })
    this.output = []
    this.url = await new Promise((resolve, reject) => {
      this.process.once('error', reject)
      this.process.once('exit', () => reject(new Error(`the server did not start:\n${this.output.join('\n')}`)))
      for (const input of [this.process.stdout, this.process.stderr]) {
        createInterface({ input }).on('line', (line) => {
          this.output.push(line)
          const found = line.match(/http:\/\/127\.0\.0\.1:\d+/)
          if (found) resolve(found[0])
        })
      }
    })
  }

  async kill(signal = 'SIGKILL') {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const gone = once(this.process, 'exit')
      this.process.kill(signal)
      await gone
    }
    return this.process.exitCode
  }

  async call(method, pathname, body) {
    const reply = await fetch(this.url + pathname, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    return reply.json()
  }

  async open(interaction = confirmation(), more = {}) {
    const reply = await this.call('POST', '/api/sessions', { interaction_data: interaction, ...more })
    if (!reply.success) throw new Error(JSON.stringify(reply))
    return reply.session
  }

  respond(id, response, more = {}) {
    return this.call('POST', `/api/sessions/${id}/respond`, { response, ...more })
  }

  cancel(id, body = {}) {
    return this.call('POST', `/api/sessions/${id}/cancel`, body)
  }

  async get(id) {
    return (await this.call('GET', `/api/sessions/${id}`)).session
  }

  // All that has happened, oldest first.
  async feed() {
    const events = []
    for (let after = ''; ; ) {
      const page = await this.call('GET', `/api/events?limit=500${after && `&after=${after}`}`)
      events.push(...page.events.map(({ cursor, session_id, version, type }) => ({ cursor, session_id, version, type })))
      if (page.events.length < 500) return events
      after = page.next_cursor
    }
  }
}

export function confirmation(more = {}) {
  return { interaction_type: 'confirmation', title: 'Deploy?', message: 'Version 7 to production', ...more }
}
