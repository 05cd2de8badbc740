"""The official Python SDK 1.x, which speaks the revisions of 2025."""

import os
from contextlib import AsyncExitStack
from datetime import timedelta

from driven import Driven, plain, run
from mcp import ClientSession, StdioServerParameters, types
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client
from pydantic import AnyUrl


class Client(Driven):
    session: ClientSession

    async def notice(self, message) -> None:
        root = getattr(message, "root", None)
        if isinstance(root, types.ResourceUpdatedNotification):
            self.say(event="updated", uri=str(root.params.uri))

    async def elicit(self, context, params) -> types.ElicitResult:
        self.say(event="elicited", url=params.url)
        return types.ElicitResult(action=self.settings["elicits"])

    async def tools(self, order: dict):
        return await self.session.list_tools()

    async def call(self, order: dict):
        timeout = order.get("timeout")
        return await self.session.call_tool(
            order["tool"],
            order["arguments"],
            timedelta(seconds=timeout) if timeout else None,
            self.progress(order),
        )

    async def resources(self, order: dict):
        listed, templates = await self.session.list_resources(), await self.session.list_resource_templates()
        return {**plain(listed), **plain(templates)}

    async def read(self, order: dict):
        return await self.session.read_resource(AnyUrl(order["uri"]))

    async def watch(self, order: dict):
        return await self.session.subscribe_resource(AnyUrl(order["uri"]))


async def main(settings: dict) -> None:
    client = Client(settings)
    async with AsyncExitStack() as stack:
        if command := settings.get("command"):
            parameters = StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ))
            streams = await stack.enter_async_context(stdio_client(parameters))
        else:
            streams = await stack.enter_async_context(streamablehttp_client(settings["url"], settings.get("headers")))
        info = types.Implementation(name=settings["name"], version="1")
        elicit = client.elicit if "elicits" in settings else None
        session = ClientSession(
            *streams[:2], client_info=info, message_handler=client.notice, elicitation_callback=elicit
        )
        client.session = await stack.enter_async_context(session)
        hello = await client.session.initialize()
        client.say(event="connected", protocol=hello.protocolVersion, instructions=hello.instructions)
        await client.obey()


run(main)
