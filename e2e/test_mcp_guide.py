"""What the guide to MCP shows works as it stands, but for the port, and prints what it says."""

import json
import re
import subprocess
import tomllib

import pytest
import requests
from conftest import BINARY, ROOT
from mcp_agents import FOLDER, PROGRAMS, TOOLS, Agent
from person import Person

GUIDES = [ROOT / "docs/guide/mcp.md", ROOT / "docs/guide/mcp.zh-CN.md"]
LOCAL = "http://127.0.0.1:8096"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(guide, language: str) -> list[str]:
    return [text for name, text in BLOCK.findall(guide.read_text()) if name == language]


def program(guide, language: str, server) -> tuple[str, str]:
    """A program, and what stands below it as its output."""
    shown = BLOCK.findall(guide.read_text())
    (at,) = [number for number, (name, _) in enumerate(shown) if name == language]
    assert shown[at + 1][0] == "text"
    return shown[at][1].replace(LOCAL, server.url), shown[at + 1][1]


def decide(session: dict) -> dict:
    if session["interaction_data"]["interaction_type"] == "review":
        return {"action": "approve", "edited": {"replicas": 2}}
    return {"choice": "confirm"}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
@pytest.mark.parametrize("language", ["python", "js"])
def test_a_program_prints_what_the_guide_says(server, guide, language):
    Person(server, decide)
    text, output = program(guide, language, server)
    run = PROGRAMS["python-2"][:1] + ["-c"] if language == "python" else ["node", "--input-type=module", "-e"]
    # Where the packages are that the guide says to install.
    done = subprocess.run([*run, text], cwd=FOLDER, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.stdout, done.returncode) == (output, 0), done.stderr


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_every_address_is_the_servers(server, guide):
    configurations = [json.loads(text) for text in blocks(guide, "json")]
    configurations += [tomllib.loads(text) for text in blocks(guide, "toml")]
    urls = re.findall(r'"url": "([^"]*)"', json.dumps(configurations))
    assert urls == [f"{LOCAL}/mcp"] * 3
    agent = Agent("typescript-2", url=urls[0].replace(LOCAL, server.url)).connected()
    # The table names every tool, and no other.
    rows = re.findall(r"^\| `(\w+)` \|", guide.read_text(), re.MULTILINE)
    assert set(agent.tools()) == set(rows) == TOOLS
    agent.close()


def started(server_url: str = LOCAL) -> list[str]:
    """The command that the guide lets a client start."""
    (configuration,) = [text for text in blocks(GUIDES[0], "json") if '"command"' in text]
    entry = json.loads(configuration.replace(LOCAL, server_url))["mcpServers"]["askwell"]
    assert entry["command"] == "askwell"
    return [str(BINARY), *entry["args"]]


def test_a_client_that_starts_its_servers(server):
    agent = Agent("typescript-1", command=started(server.url)).connected()
    pending = agent.call("ask_human", title="Deploy?", wait_seconds=0)
    assert pending["url"].startswith(server.url) and server.get(pending["request_id"])["status"] == "pending"
    agent.close()


def test_where_no_server_runs_it_is_one(tmp_path):
    command = started()
    at = command.index("--server")
    without = [*command[:at], *command[at + 2 :], "--data-dir", str(tmp_path / "data")]
    agent = Agent("typescript-2", command=["env", "-u", "ASKWELL_SERVER", "-C", str(tmp_path), *without]).connected()
    pending = agent.call("ask_human", title="Deploy?", wait_seconds=0)
    base, _, _ = pending["url"].partition("/r/")
    assert requests.get(f"{base}/api/health").json()["status"] == "healthy"
    answer = {"response": {"choice": "confirm"}}
    assert requests.post(f"{base}/api/sessions/{pending['request_id']}/respond", json=answer).status_code == 200
    assert agent.call("get_response", request_id=pending["request_id"])["status"] == "completed"
    # A second one speaks for the first: a data directory has one owner.
    other = Agent("typescript-1", command=["env", "-u", "ASKWELL_SERVER", "-C", str(tmp_path), *without]).connected()
    assert other.call("get_response", request_id=pending["request_id"])["url"] == pending["url"]
    other.close()
    agent.close()


def test_both_languages_show_the_same_configurations():
    for language in ("json", "toml", "text"):
        assert blocks(GUIDES[0], language) == blocks(GUIDES[1], language)
    rows = [re.findall(r"`\"?(?:headers|bearer)[^`]*`", guide.read_text()) for guide in GUIDES]
    assert rows[0] == rows[1] and len(rows[0]) == 4
