"""`askwell mcp` as a program: how it ends, and what it refuses as the server would."""

import json
import os
import signal
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from conftest import BINARY

DISCOVER = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "server/discover",
    "params": {
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "lines", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    },
}

# Seconds after which it is taken for one that does not end.
GIVEN_UP = 60


@pytest.fixture
def start(tmp_path):
    """Lines in, lines out; standard input stays open until the test says otherwise."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ASKWELL")}
    started = []

    def start(*args: str):
        process = subprocess.Popen(
            [str(BINARY), "mcp", *(args or ("--data-dir", str(tmp_path)))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=clean,
        )
        # Whoever waits for a word of it then fails rather than waits.
        timer = threading.Timer(GIVEN_UP, process.kill)
        timer.start()
        started.append((process, timer))
        return process

    yield start
    for process, timer in started:
        timer.cancel()
        process.kill()
        process.wait()


@pytest.fixture
def relay(start):
    return start()


def say(process, message: dict) -> None:
    process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()


def heard(process) -> dict:
    return json.loads(process.stdout.readline())


def said(process, line: str) -> dict:
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return heard(process)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told_to_although_its_client_holds_on(relay, by):
    assert "capabilities" in said(relay, json.dumps(DISCOVER))["result"]
    relay.send_signal(by)
    assert relay.wait(GIVEN_UP) == 0


def test_it_ends_with_its_client(relay):
    said(relay, json.dumps(DISCOVER))
    relay.stdin.close()
    assert relay.wait(GIVEN_UP) == 0


@pytest.mark.parametrize("line", ['{"jsonrpc"', '{"id": 123456789012345678901234}', '{"id": 1, "id": 2}'])
def test_it_changes_nothing_that_a_server_would_refuse(relay, line):
    assert said(relay, line)["error"]["code"] == -32700
    assert "capabilities" in said(relay, json.dumps(DISCOVER))["result"]


def greet(process, era: str) -> dict:
    """What each message of this era carries."""
    if era == "2026-07-28":
        assert "capabilities" in said(process, json.dumps(DISCOVER))["result"]
        return DISCOVER["params"]["_meta"]
    hello = {
        "protocolVersion": era,
        "capabilities": {},
        "clientInfo": {"name": "lines", "version": "1"},
    }
    say(process, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello})
    assert heard(process)["result"]["protocolVersion"] == era
    say(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    return {}


def call(process, number: int, tool: str, arguments: dict, meta: dict) -> None:
    params = {"name": tool, "arguments": arguments, "_meta": meta}
    say(
        process,
        {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params},
    )


def waits_at(process, number: int, era: str, meta: dict) -> tuple[str, str]:
    """A permission is asked for, and the call waits: where people answer, and by which id."""
    given = {"tool_name": "Bash", "input": {"command": "ls"}, "tool_use_id": f"toolu_{era}"}
    call(process, number, "permission_prompt", given, {**meta, "progressToken": "p"})
    page = heard(process)["params"]["message"].split()[-1]
    return page, page.rsplit("/", 1)[1]


def approve(page: str) -> None:
    url = page.replace("/r/", "/api/sessions/") + "/respond"
    answer = {"response": {"action": "approve"}, "user_id": "li.wei"}
    assert requests.post(url, json=answer, timeout=GIVEN_UP).status_code == 200


@pytest.mark.parametrize("end", [subprocess.Popen.kill, lambda process: process.stdin.close()], ids=["killed", "ended"])
@pytest.mark.parametrize("era", ["2026-07-28", "2025-11-25"])
def test_whoever_is_left_takes_the_place_of_who_ran_the_server(start, era, end):
    """A second program uses the server of the first; that ends, and the call that waits goes on waiting."""
    first = start()
    greet(first, era)
    second = start()
    meta = greet(second, era)
    page, request_id = waits_at(second, 2, era, meta)

    end(first)
    first.wait(GIVEN_UP)
    # While it takes the place, and holds what others wait for.
    say(second, {"jsonrpc": "2.0", "method": "notifications/roots/list_changed"})
    told = heard(second)["params"]["message"].split()[-1]
    assert told != page and told.endswith(request_id)
    approve(told)
    result = heard(second)
    assert result["id"] == 2
    assert json.loads(result["result"]["content"][0]["text"])["behavior"] == "allow"
    # One that comes now uses the server of the second.
    third = start()
    call(third, 3, "get_response", {"request_id": request_id, "wait_seconds": 3000}, greet(third, era))
    assert heard(third)["result"]["structuredContent"]["status"] == "completed"


def test_nobody_takes_the_place_of_a_server_that_is_run_for_its_own_sake(make_server, start, tmp_path):
    first = start()
    greet(first, "2026-07-28")
    second = start()
    meta = greet(second, "2026-07-28")
    first.stdin.close()
    assert first.wait(GIVEN_UP) == 0
    server = make_server(data=tmp_path).start()
    call(second, 1, "list_requests", {}, meta)
    assert heard(second)["id"] == 1
    # It is away for longer than anybody waits for it, and finds its place free all the same.
    server.kill()
    call(second, 2, "list_requests", {}, meta)
    assert "out of reach" in heard(second)["error"]["message"]
    assert second.wait(GIVEN_UP) == 0
    server.start()


def test_a_server_that_is_started_again_finds_its_place_free_and_its_waiters_waiting(make_server, start, tmp_path):
    server = make_server(data=tmp_path).start()
    relay = start()
    meta = greet(relay, "2026-07-28")
    request_id = server.open()["session_id"]
    waits = {"request_id": request_id, "wait_seconds": 3000}
    call(relay, 1, "get_response", waits, {**meta, "progressToken": "p"})
    heard(relay)
    server.kill()
    server.start()
    assert "notifications/progress" == heard(relay)["method"]
    assert server.respond(request_id, {"choice": "confirm"}).status_code == 200
    assert heard(relay)["result"]["structuredContent"]["status"] == "completed"


def test_whoever_asks_too_much_is_answered(relay):
    """More than is taken, but a request all the same: its caller waits for an answer by its id."""
    meta = greet(relay, "2026-07-28")
    call(relay, 5, "request_approval", {"action": "pay", "args": {"wei": 10**25}}, meta)
    refused = heard(relay)
    assert refused["id"] == 5 and refused["result"]["isError"]
    assert "/params/arguments/args/wei" in refused["result"]["content"][0]["text"]
    call(relay, 6, "permission_prompt", {"tool_name": "Pay", "input": {"wei": 1e30}, "tool_use_id": "t"}, meta)
    behaviour = json.loads(heard(relay)["result"]["content"][0]["text"])
    assert behaviour["behavior"] == "deny" and "/params/arguments/input/wei" in behaviour["message"]


def test_what_is_no_text_ends_nothing(relay):
    relay.stdin.buffer.write(b'{"title": "\xff"}\n')
    relay.stdin.buffer.flush()
    assert heard(relay)["error"]["code"] == -32700
    assert "capabilities" in said(relay, json.dumps(DISCOVER))["result"]


class Welcome(BaseHTTPRequestHandler):
    """A page for whoever comes."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"hi")

    def log_message(self, *_) -> None: ...


def test_what_answers_may_not_be_askwell(start):
    with HTTPServer(("127.0.0.1", 0), Welcome) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        relay = start("--server", f"http://127.0.0.1:{other.server_port}")
        refused = said(relay, json.dumps(DISCOVER))
        other.shutdown()
    assert refused["id"] == 1 and "is not Askwell" in refused["error"]["message"]


def test_it_ends_with_its_client_although_the_server_is_away(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    relay = start("--server", f"http://127.0.0.1:{port}")
    say(relay, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}})
    relay.stdin.close()
    assert relay.wait(GIVEN_UP) == 0


def test_a_place_that_cannot_be_is_said_at_once(start, tmp_path):
    (tmp_path / "file").write_text("")
    relay = start("--data-dir", str(tmp_path / "file"))
    assert relay.wait(GIVEN_UP) == 2


def test_a_client_that_only_listens_hears_of_what_happened_while_the_server_was_away(make_server, start, tmp_path):
    server = make_server(data=tmp_path).start()
    relay = start()
    greet(relay, "2025-11-25")
    uri = f"askwell://requests/{server.open()['session_id']}"
    say(relay, {"jsonrpc": "2.0", "id": 1, "method": "resources/subscribe", "params": {"uri": uri}})
    assert heard(relay)["id"] == 1
    server.kill()
    server.start()
    assert heard(relay) == {"jsonrpc": "2.0", "method": "notifications/resources/updated", "params": {"uri": uri}}
    assert server.respond(uri.rsplit("/", 1)[1], {"choice": "confirm"}).status_code == 200
    assert heard(relay)["params"]["uri"] == uri
