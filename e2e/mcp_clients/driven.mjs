// What the TypeScript clients have in common: orders come as lines of JSON, and so does what came of them.
import { createInterface } from 'node:readline'

export const settings = JSON.parse(process.argv[2])

export function say(what) {
  process.stdout.write(JSON.stringify(what) + '\n')
}

// Carries out orders until they end. `does` says how the SDK does each thing.
export async function obey(does) {
  const running = new Map()
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line)
    if (order.do === 'abandon') {
      running.get(order.call).abort(new Error('abandoned by the test'))
      continue
    }
    const leaving = new AbortController()
    running.set(order.id, leaving)
    does[order.do](order, options(order, leaving.signal)).then(
      (result) => say({ id: order.id, result }),
      (error) => say({ id: order.id, error: { code: error.code ?? null, message: error.message } }),
    )
  }
}

function options(order, signal) {
  const given = { signal, timeout: order.timeout ? order.timeout * 1000 : 3_600_000 }
  if (order.progress) {
    given.onprogress = ({ progress, total, message }) => say({ event: 'progress', id: order.id, progress, total, message })
  }
  return given
}

export function failed(error) {
  say({ event: 'failed', message: `${error.name}: ${error.message}` })
  process.exit(1)
}
