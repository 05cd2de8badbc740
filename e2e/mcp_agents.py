"""Agents that reach Askwell by the official MCP clients, each a program of its own in `mcp_clients`."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field

from conftest import BINARY, ROOT

FOLDER = ROOT / "e2e/mcp_clients"
NODE = ROOT / "e2e/conformance/node_modules/.bin/node"
INSPECTOR = FOLDER / "node_modules/.bin/mcp-inspector"
PROGRAMS = {
    "python-1": [sys.executable, "python_1.py"],
    "python-2": [str(ROOT / "target/venv-mcp-2/bin/python"), "python_2.py"],
    "typescript-1": ["node", "typescript_1.mjs"],
    "typescript-2": ["node", "typescript_2.mjs"],
}
MODERN = {"python-2", "typescript-2"}
TOOLS = {
    "ask_human",
    "request_approval",
    "get_response",
    "cancel_request",
    "list_requests",
    "notify_human",
    "permission_prompt",
}


# Seconds after which what has not come is taken for what never comes: longer than any call waits here.
GIVEN_UP = 900


class Refused(Exception):
    """The client said that a request failed."""

    def __init__(self, code: int | None, message: str):
        super().__init__(message)
        self.code = code


@dataclass
class Order:
    """A request on its way, and what is known of it so far."""

    agent: "Agent"
    number: int
    reply: dict | None = None
    messages: list[dict] = field(default_factory=list)

    def result(self) -> dict:
        self.agent.until(lambda: self.reply, f"the reply to {self.number}")
        if "error" in self.reply:
            raise Refused(**self.reply["error"])
        return self.reply["result"]

    def progress(self, count: int = 1) -> list[dict]:
        """What the server said while it waited, once it is so much."""
        self.agent.until(lambda: len(self.messages) >= count or self.reply, f"progress of {self.number}")
        return list(self.messages)

    def abandon(self) -> None:
        """The client stops to wait, as somebody does who presses Escape."""
        self.agent.write(do="abandon", call=self.number)


class Agent:
    """One connection of one client: `url` for HTTP, `command` for stdio."""

    def __init__(self, program: str, name: str = "an-agent", **settings):
        self.program = program
        *run, file = PROGRAMS[program]
        self.process = subprocess.Popen(
            [*run, str(FOLDER / file), json.dumps({"name": name, **settings})],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "no_proxy": "127.0.0.1"},
        )
        self.news = threading.Condition()
        self.orders: dict[int, Order] = {}
        self.updates: list[str] = []
        self.elicited: list[str] = []
        self.hello: dict | None = None
        self.failure: str | None = None
        self.errors: list[str] = []
        threading.Thread(target=self.listen, daemon=True).start()
        threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True).start()

    def connected(self) -> "Agent":
        self.until(lambda: self.hello, "the connection")
        return self

    def listen(self) -> None:
        for line in self.process.stdout:
            said = json.loads(line)
            with self.news:
                self.notice(said)
                self.news.notify_all()
        with self.news:
            self.failure = self.failure or "it ended"
            self.news.notify_all()

    def notice(self, said: dict) -> None:
        match said.get("event"):
            case "connected":
                self.hello = said
            case "failed":
                self.failure = said["message"]
            case "updated":
                self.updates.append(said["uri"])
            case "elicited":
                self.elicited.append(said["url"])
            case "progress":
                self.orders[said["id"]].messages.append(said)
            case _:
                self.orders[said["id"]].reply = said

    def until(self, true, what: str) -> None:
        with self.news:
            self.news.wait_for(lambda: true() or self.failure, timeout=GIVEN_UP)
            if not true():
                why = self.failure or f"nothing came for {GIVEN_UP} s"
                raise Refused(None, f"{self.program} waited for {what}, but {why}\n{''.join(self.errors)}")

    def write(self, **order) -> None:
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def begin(self, do: str, **order) -> Order:
        with self.news:
            number = len(self.orders) + 1
            self.orders[number] = Order(self, number)
        self.write(id=number, do=do, **order)
        return self.orders[number]

    def close(self) -> None:
        """Leaves, and with it the connection."""
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    # What agents do.

    def tools(self) -> dict[str, dict]:
        return {tool["name"]: tool for tool in self.begin("tools").result()["tools"]}

    def start(self, tool: str, progress: bool = False, timeout: float | None = None, **arguments) -> Order:
        return self.begin("call", tool=tool, arguments=arguments, progress=progress, timeout=timeout)

    def call(self, tool: str, **arguments) -> dict:
        """The structured result, which the text block repeats."""
        return structured(self.start(tool, **arguments).result())

    def read(self, uri: str) -> object:
        (content,) = self.begin("read", uri=uri).result()["contents"]
        return json.loads(content["text"])

    def watch(self, uri: str) -> None:
        self.begin("watch", uri=uri).result()

    def updated(self, uri: str, count: int = 1) -> None:
        self.until(lambda: self.updates.count(uri) >= count, f"an update of {uri}")


def structured(result: dict) -> dict:
    """What a tool said, in both its forms."""
    assert not result.get("isError"), result
    (block,) = result["content"]
    assert json.loads(block["text"]) == result["structuredContent"]
    return result["structuredContent"]


def over_http(server, headers: dict | None = None) -> dict:
    return {"url": f"{server.url}/mcp", "headers": headers or {}}


def over_stdio(server) -> dict:
    return {"command": [str(BINARY), "mcp", "--server", server.url]}


WAYS = {"http": over_http, "stdio": over_stdio}


def inspect(server, way: str, era: str, *method: str) -> dict:
    """One call of the Inspector's command line."""
    if way == "http":
        target = [f"{server.url}/mcp", "--transport", "http"]
    else:
        # It takes `--server` for its own.
        target = ["-e", f"ASKWELL_SERVER={server.url}", str(BINARY), "mcp"]
    command = [str(NODE), str(INSPECTOR), "--cli", *target, "--protocol-era", era, *method]
    # It keeps a catalogue at home.
    env = {**os.environ, "HOME": str(server.folder)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)
