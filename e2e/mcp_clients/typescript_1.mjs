// The official TypeScript SDK 1.x, which speaks the revisions of 2025.
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'

import { failed, obey, say, settings } from './driven.mjs'

const client = new Client({ name: settings.name, version: '1' })
const [command, ...args] = settings.command ?? []
const transport = command
  ? new StdioClientTransport({ command, args, env: process.env })
  : new StreamableHTTPClientTransport(new URL(settings.url), { requestInit: { headers: settings.headers } })
client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => say({ event: 'updated', uri: params.uri }))
await client.connect(transport).catch(failed)
say({ event: 'connected', protocol: transport.protocolVersion ?? null, instructions: client.getInstructions() })

await obey({
  tools: (_, options) => client.listTools({}, options),
  call: (order, options) => client.callTool({ name: order.tool, arguments: order.arguments }, undefined, options),
  resources: async (_, options) => ({
    ...(await client.listResources({}, options)),
    ...(await client.listResourceTemplates({}, options)),
  }),
  read: (order, options) => client.readResource({ uri: order.uri }, options),
  watch: (order, options) => client.subscribeResource({ uri: order.uri }, options),
})
await client.close()
process.exit(0)
