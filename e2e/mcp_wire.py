"""MCP as it goes over the wire, for what no client lets a test say."""

import json
from collections.abc import Iterator
from itertools import count

import requests

MODERN = "2026-07-28"
LEGACY = "2025-11-25"
TASKS = "io.modelcontextprotocol/tasks"
NAMED = {"tools/call": "name", "resources/read": "uri", "tasks/get": "taskId", "tasks/cancel": "taskId"}
numbers = count(1)


def message(method: str, params: dict) -> dict:
    return {"jsonrpc": "2.0", "id": next(numbers), "method": method, "params": params}


class Wire:
    """The stateless revision: each request says everything."""

    def __init__(self, server, capabilities: dict | None = None, **headers: str):
        self.url = f"{server.url}/mcp"
        self.capabilities = capabilities or {}
        self.headers = headers

    def send(self, method: str, stream: bool = False, headers: dict | None = None, **params) -> requests.Response:
        meta = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": self.capabilities,
            "io.modelcontextprotocol/clientInfo": {"name": "wire", "version": "1"},
        }
        named = {"Mcp-Name": params[NAMED[method]]} if method in NAMED else {}
        return requests.post(
            self.url,
            json=message(method, {**params, "_meta": {**meta, **params.get("_meta", {})}}),
            headers={
                "Accept": "application/json, text/event-stream",
                "MCP-Protocol-Version": MODERN,
                "Mcp-Method": method,
                **named,
                **self.headers,
                **(headers or {}),
            },
            stream=stream,
        )

    def ask(self, method: str, **params) -> dict:
        """The reply's `result`, or its `error` under that name."""
        reply = final(self.send(method, **params))
        return reply["result"] if "result" in reply else {"error": reply["error"]}

    def call(self, tool: str, **arguments) -> dict:
        return self.ask("tools/call", name=tool, arguments=arguments)


class Legacy:
    """A session of a client of 2025."""

    def __init__(self, server, **headers: str):
        self.url = f"{server.url}/mcp"
        self.headers = {"Accept": "application/json, text/event-stream", **headers}
        hello = self.send(
            "initialize",
            protocolVersion=LEGACY,
            capabilities={},
            clientInfo={"name": "wire", "version": "1"},
        )
        self.hello = final(hello)["result"]
        self.headers |= {"MCP-Protocol-Version": LEGACY, "Mcp-Session-Id": hello.headers["Mcp-Session-Id"]}
        self.post({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def post(self, body: dict, stream: bool = False) -> requests.Response:
        return requests.post(self.url, json=body, headers=self.headers, stream=stream)

    def send(self, method: str, stream: bool = False, **params) -> requests.Response:
        return self.post(message(method, params), stream)

    def resume(self, last_event_id: str) -> requests.Response:
        return requests.get(self.url, headers={**self.headers, "Last-Event-ID": last_event_id}, stream=True)


def events(reply: requests.Response) -> Iterator[tuple[str | None, dict]]:
    """The messages of a stream, each with its id."""
    assert reply.status_code == 200, reply.text
    last = None
    for line in reply.iter_lines(chunk_size=None):
        name, _, value = line.decode().partition(":")
        if name == "id":
            last = value.strip()
        elif name == "data" and value.strip():
            yield last, json.loads(value)


def final(reply: requests.Response) -> dict:
    """The response among the messages, be it one or a stream of them."""
    if reply.headers.get("Content-Type", "").startswith("text/event-stream"):
        return next(said for _, said in events(reply) if "result" in said or "error" in said)
    return reply.json()
