// The official TypeScript client 2.x, which speaks the revision of 2026 where the server does.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

import { failed, obey, say, settings } from './driven.mjs'

const client = new Client({ name: settings.name, version: '1' }, { versionNegotiation: { mode: settings.era ?? 'auto' } })
const [command, ...args] = settings.command ?? []
const transport = command
  ? new StdioClientTransport({ command, args, env: process.env })
  : new StreamableHTTPClientTransport(new URL(settings.url), { requestInit: { headers: settings.headers } })
client.setNotificationHandler('notifications/resources/updated', ({ params }) => say({ event: 'updated', uri: params.uri }))
await client.connect(transport).catch(failed)
say({
  event: 'connected',
  protocol: client.getNegotiatedProtocolVersion(),
  instructions: client.getInstructions(),
})

await obey({
  tools: (_, options) => client.listTools({}, options),
  call: (order, options) => client.callTool({ name: order.tool, arguments: order.arguments }, options),
  resources: async (_, options) => ({
    ...(await client.listResources({}, options)),
    ...(await client.listResourceTemplates({}, options)),
  }),
  read: (order, options) => client.readResource({ uri: order.uri }, { ...options, cacheMode: 'bypass' }),
  watch: async (order) => {
    await client.listen({ resourceSubscriptions: [order.uri] })
    return {}
  },
})
await client.close()
process.exit(0)
