"""The command line of the official Inspector lists and calls every tool, in both eras, over HTTP and stdio."""

import json

import pytest
from conftest import Server
from mcp_agents import TOOLS, WAYS, inspect, structured
from person import Person

# Each start of the Inspector costs a second or two.
EVERY_TOOL = [("http", "modern"), ("stdio", "legacy")]
LISTING = [("http", "legacy"), ("stdio", "modern")]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server")).start()
    yield server
    server.close()


@pytest.mark.parametrize("how", [*LISTING, *EVERY_TOOL], ids="-".join)
def test_it_lists_the_tools(server, how):
    assert {tool["name"] for tool in inspect(server, *how, "--method", "tools/list")["tools"]} == TOOLS


@pytest.mark.parametrize("how", EVERY_TOOL, ids="-".join)
def test_it_calls_every_tool(server, how):
    """What the call waits for is answered while it waits; the modern era polls the task that it is given."""
    Person(server, lambda session: answer(session["interaction_data"]))

    def call(tool: str, **arguments) -> dict:
        # As the Inspector takes them: all of them text.
        pairs = [f"{key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in arguments.items()]
        given = ["--tool-arg", *pairs] if pairs else []
        return inspect(server, *how, "--method", "tools/call", "--tool-name", tool, *given)

    asked = structured(call("ask_human", title="Deploy now?"))
    assert (asked["status"], asked["response"]) == ("completed", {"choice": "confirm"})
    decided = structured(call("request_approval", action="scale now", args={"replicas": 3}))
    assert decided["decision"] == "approve"
    allowed = call("permission_prompt", tool_name="Bash", input={"command": "ls now"}, tool_use_id=asked["request_id"])
    assert json.loads(allowed["content"][0]["text"])["behavior"] == "allow"
    told = structured(call("notify_human", title="Deployed"))["request_id"]
    waiting = structured(call("get_response", request_id=told, wait_seconds=0))
    assert waiting["status"] == "pending"
    listed = structured(call("list_requests"))["requests"]
    assert told in [one["request_id"] for one in listed]
    assert structured(call("cancel_request", request_id=told))["status"] == "cancelled"
    read = inspect(server, *how, "--method", "resources/read", "--uri", f"askwell://requests/{told}")
    assert json.loads(read["contents"][0]["text"])["status"] == "cancelled"


def answer(asked: dict) -> dict | None:
    if "now" not in json.dumps(asked):
        return None
    return {"action": "approve"} if asked["interaction_type"] == "review" else {"choice": "confirm"}
