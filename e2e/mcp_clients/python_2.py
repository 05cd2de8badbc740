"""The official Python SDK 2.x, which speaks the revision of 2026 where the server does."""

import asyncio
import os

from driven import Driven, plain, run
from httpx2 import AsyncClient
from mcp import Client as Connection
from mcp import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult, Implementation


class Client(Driven):
    connection: Connection

    async def elicit(self, context, params) -> ElicitResult:
        self.say(event="elicited", url=params.url)
        return ElicitResult(action=self.settings["elicits"])

    async def tools(self, order: dict):
        return await self.connection.list_tools()

    async def call(self, order: dict):
        return await self.connection.call_tool(
            order["tool"],
            order["arguments"],
            read_timeout_seconds=order.get("timeout"),
            progress_callback=self.progress(order),
        )

    async def resources(self, order: dict):
        listed, templates = await self.connection.list_resources(), await self.connection.list_resource_templates()
        return {**plain(listed), **plain(templates)}

    async def read(self, order: dict):
        return await self.connection.read_resource(order["uri"], cache_mode="bypass")

    async def watch(self, order: dict):
        heard = asyncio.Event()

        async def follow() -> None:
            async with self.connection.listen(resource_subscriptions=[order["uri"]]) as subscription:
                heard.set()
                async for event in subscription:
                    self.say(event="updated", uri=event.uri)

        self.running[-order["id"]] = asyncio.create_task(follow())
        await heard.wait()
        return {}


async def main(settings: dict) -> None:
    client = Client(settings)
    if command := settings.get("command"):
        server = StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ))
    else:
        http = AsyncClient(headers=settings.get("headers"), timeout=None)
        server = streamable_http_client(settings["url"], http_client=http)
    info = Implementation(name=settings["name"], version="1")
    elicit = client.elicit if "elicits" in settings else None
    mode = settings.get("era", "auto")
    async with Connection(server, client_info=info, mode=mode, elicitation_callback=elicit) as client.connection:
        connection = client.connection
        client.say(event="connected", protocol=connection.protocol_version, instructions=connection.instructions)
        await client.obey()


run(main)
