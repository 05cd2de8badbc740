"""`askwell mcp` as a program: how it ends, and what it refuses as the server would."""

import json
import os
import signal
import subprocess

import pytest
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
def relay(tmp_path):
    """Lines in, lines out; its standard input stays open until the test says otherwise."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ASKWELL")}
    process = subprocess.Popen(
        [str(BINARY), "mcp", "--data-dir", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=clean,
    )
    yield process
    process.kill()
    process.wait()


def said(process, line: str) -> dict:
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


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
