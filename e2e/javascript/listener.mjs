// The official JavaScript client: it keeps what it hears, and tests wait for what it should hear.
import { io } from 'socket.io-client'

// Long enough for a machine that is busy with other things; reached only by a test that fails.
const PATIENCE = 60_000

export const TRANSPORTS = {
  polling: ['polling'],
  websocket: ['websocket'],
  upgrade: ['polling', 'websocket'],
}

const CHANGES = ['new_session', 'session_completed', 'session_cancelled', 'session_timeout', 'session_updated']

export class Listener {
  heard = []
  waiting = new Set()

  // `resumes`: it says at each connection what it has heard last.
  static async connect(t, server, transport, { resumes = false, ...auth } = {}) {
    const listener = new Listener()
    listener.cursor = auth.after
    listener.socket = io(server.url, {
      transports: TRANSPORTS[transport],
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 200,
      randomizationFactor: 0,
      ackTimeout: PATIENCE,
      retries: 0,
      auth: (tell) => tell(resumes && listener.cursor ? { ...auth, after: listener.cursor } : auth),
    })
    t.after(() => listener.socket.disconnect())
    listener.socket.onAny((name, data) => listener.hear(name, data))
    listener.socket.on('disconnect', (reason) => listener.hear('disconnect', { reason }))
    const upgraded = transport === 'upgrade' && new Promise((resolve) => {
      listener.socket.io.once('open', () => listener.socket.io.engine.once('upgrade', resolve))
    })
    await listener.wait('connected')
    await upgraded
    return listener
  }

  get transport() {
    return this.socket.io.engine.transport.name
  }

  hear(name, data) {
    if (data?.cursor && !(this.cursor > data.cursor)) this.cursor = data.cursor
    this.heard.push({ name, data })
    for (const look of this.waiting) look()
  }

  all(name, keys = {}) {
    return this.heard.filter((one) => one.name === name && has(one.data, keys)).map((one) => one.data)
  }

  // The latest event of this name with these keys, as soon as there are `count` of them.
  wait(name, keys = {}, count = 1) {
    return this.until(() => this.all(name, keys).at(count - 1) && this.all(name, keys).at(-1), `${count} × ${name}`)
  }

  waitForCursor(cursor) {
    return this.until(() => this.cursor >= cursor, cursor)
  }

  until(condition, what) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const value = condition()
        if (!value) return
        clearTimeout(late)
        this.waiting.delete(look)
        resolve(value)
      }
      const late = setTimeout(() => {
        this.waiting.delete(look)
        const last = JSON.stringify(this.heard.slice(-20)).slice(0, 2_000)
        reject(new Error(`no ${what}; heard ${last}`))
      }, PATIENCE)
      this.waiting.add(look)
      look()
    })
  }

  // Says something and returns the acknowledgement.
  call(name, payload) {
    return this.socket.emitWithAck(name, payload)
  }

  // What it heard of changes, in its order, as the feed tells them.
  changes() {
    return this.heard
      .filter((one) => CHANGES.includes(one.name))
      .map(({ data }) => ({ cursor: data.cursor, session_id: data.session_id, version: data.version, type: data.type ?? 'opened' }))
  }
}

export function has(data, keys) {
  return Object.entries(keys).every(([key, value]) => data?.[key] === value)
}
