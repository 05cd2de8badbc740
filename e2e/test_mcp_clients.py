"""Agents ask by the official clients of MCP: two SDKs, two major versions, over HTTP and over stdio."""

import json

import pytest
from conftest import Server
from mcp_agents import MODERN, PROGRAMS, TOOLS, WAYS, Agent, Refused

READ_ONLY = {"ask_human", "get_response", "list_requests"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server")).start()
    yield server
    server.close()


@pytest.fixture(scope="module", params=[(program, way) for program in PROGRAMS for way in WAYS], ids="-".join)
def agent(request, server):
    program, way = request.param
    agent = Agent(program, name=f"{program}-{way}", **WAYS[way](server)).connected()
    yield agent
    agent.close()


def question(agent: Agent) -> str:
    return f"Which region for {agent.program}?"


def asked(server: Server, request_id: str) -> dict:
    return server.get(request_id)["interaction_data"]


def test_every_client_speaks_its_newest_revision(agent):
    revision = "2026-07-28" if agent.program in MODERN else "2025-11-25"
    # The TypeScript client 1.x does not say which it speaks over stdio.
    assert agent.hello["protocol"] in (revision, None)
    assert {"ask_human", "get_response"} <= set(agent.hello["instructions"].replace(":", "").split())


def test_every_client_lists_the_tools(agent):
    tools = agent.tools()
    assert set(tools) == TOOLS
    assert {name for name, tool in tools.items() if tool["annotations"]["readOnlyHint"]} >= READ_ONLY
    assert not tools["cancel_request"]["annotations"]["readOnlyHint"]
    assert tools["ask_human"]["annotations"]["openWorldHint"]
    # Claude Code refuses the tool's answer as soon as it is more than one block of text.
    assert "outputSchema" not in tools["permission_prompt"]
    # Clients send text where a type may be null, too.
    assert '"null"' not in json.dumps([tool["inputSchema"] for tool in tools.values()])


def test_an_answer_comes_back_while_the_agent_waits(server, agent):
    order = agent.start(
        "ask_human", progress=True, title=question(agent), interaction_type="selection", options=["eu", "us"]
    )
    told = order.progress()[0]["message"]
    (session,) = [one for one in server.api("/sessions")["sessions"] if one["session_id"] in told]
    assert f"{server.url}/" in told
    assert session["interaction_data"]["title"] == question(agent)
    # Who asks is what the client calls itself, and it is known to be no more than that.
    assert f"{agent.program}-" in json.dumps(session["requester"])
    assert server.respond(session["session_id"], {"selection": "eu"}, user_id="li.wei").status_code == 200
    result = order.result()
    assert result["structuredContent"]["status"] == "completed"
    assert result["structuredContent"]["response"] == {"selection": "eu"}
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]


def test_who_does_not_wait_fetches_the_answer(server, agent):
    pending = agent.call("ask_human", title=question(agent), wait_seconds=0)
    assert pending["status"] == "pending" and "response" not in pending
    assert "get_response" in pending["hint"] and pending["request_id"] in pending["hint"]
    assert pending["url"].startswith(server.url) and pending["request_id"] in pending["url"]
    assert agent.call("get_response", request_id=pending["request_id"], wait_seconds=0)["status"] == "pending"
    assert server.respond(pending["request_id"], {"choice": "confirm"}).status_code == 200
    fetched = agent.call("get_response", request_id=pending["request_id"])
    assert (fetched["status"], fetched["response"]) == ("completed", {"choice": "confirm"})


@pytest.mark.parametrize(
    ("answer", "decided"),
    [
        ({"action": "approve"}, {"decision": "approve"}),
        ({"action": "approve", "edited": {"replicas": 2}}, {"decision": "approve", "edited_args": {"replicas": 2}}),
        (
            {"action": "modify", "modification_instructions": "Smaller"},
            {"decision": "modify", "comment": "Smaller"},
        ),
        ({"action": "abort"}, {"decision": "reject"}),
    ],
    ids=["approve", "edit", "modify", "reject"],
)
def test_a_person_decides_about_an_action(server, agent, answer, decided):
    pending = agent.call(
        "request_approval", action="scale", args={"replicas": 3}, risk="high", allow_edit=True, wait_seconds=0
    )
    assert pending["status"] == "pending" and "decision" not in pending
    (action,) = asked(server, pending["request_id"])["actions"]
    assert (action["kind"], action["args"]) == ("scale", {"replicas": 3})
    assert server.respond(pending["request_id"], answer).status_code == 200
    result = agent.call("get_response", request_id=pending["request_id"])
    assert {key: result[key] for key in decided} == decided
    # A number stays a number, and what was not edited is not there.
    assert ("edited_args" in result) == ("edited" in answer)


def test_it_lists_notifies_and_cancels(server, agent):
    told = agent.call("notify_human", title=f"{question(agent)} Done.", message="Nothing to decide.")
    assert [option["value"] for option in asked(server, told["request_id"])["options"]] == ["seen"]
    own = agent.call("ask_human", title=question(agent), wait_seconds=0)["request_id"]
    listed = agent.call("list_requests")["requests"]
    assert own in [one["request_id"] for one in listed]
    cancelled = agent.call("cancel_request", request_id=own, reason="Found it myself")
    assert cancelled["status"] == "cancelled"
    assert server.get(own)["status"] == "cancelled"
    assert agent.call("get_response", request_id=own)["status"] == "cancelled"
    assert own not in [one["request_id"] for one in agent.call("list_requests")["requests"]]


def test_a_permission_is_one_text(server, agent):
    given = {"tool_name": "Bash", "input": {"command": "ls"}, "tool_use_id": f"toolu_{id(agent)}"}
    order = agent.start("permission_prompt", progress=True, **given)
    order.progress()
    (session,) = [one for one in server.api("/sessions")["sessions"] if "Bash" in json.dumps(one["interaction_data"])]
    assert server.respond(session["session_id"], {"action": "approve"}).status_code == 200
    result = order.result()
    (block,) = result["content"]
    assert json.loads(block["text"]) == {"behavior": "allow", "updatedInput": {"command": "ls"}}
    assert "structuredContent" not in result


def test_resources_show_what_is_open_and_tell_of_changes(server, agent):
    pending = "askwell://requests/pending"
    listed = agent.begin("resources").result()
    assert pending in [resource["uri"] for resource in listed["resources"]]
    assert ["askwell://requests/{id}"] == [template["uriTemplate"] for template in listed["resourceTemplates"]]
    request_id = agent.call("ask_human", title=question(agent), wait_seconds=0)["request_id"]
    own = f"askwell://requests/{request_id}"
    assert request_id in json.dumps(agent.read(pending))
    assert agent.read(own)["status"] == "pending"
    agent.watch(own)
    server.respond(request_id, {"choice": "confirm"})
    agent.updated(own)
    assert agent.read(own)["response"] == {"choice": "confirm"}
    assert request_id not in json.dumps(agent.read(pending))


def test_what_does_not_exist_is_said_to_the_model(agent):
    for tool in ("get_response", "cancel_request"):
        result = agent.start(tool, request_id="018f0000-0000-7000-8000-000000000000").result()
        assert result["isError"] and result["content"][0]["text"]
    with pytest.raises(Refused):
        agent.begin("read", uri="askwell://requests/018f0000-0000-7000-8000-000000000000").result()


def test_what_is_more_than_is_taken_is_said_to_the_model_and_ends_nothing_else(server, agent):
    waits = agent.start("ask_human", progress=True, title=question(agent))
    told = waits.progress()[0]["message"]
    refused = agent.start("request_approval", action="pay", args={"wei": 10**25}).result()
    assert refused["isError"] and "/params/arguments/args/wei" in refused["content"][0]["text"]
    (session,) = [one for one in server.api("/sessions")["sessions"] if one["session_id"] in told]
    assert server.respond(session["session_id"], {"choice": "confirm"}).status_code == 200
    assert waits.result()["structuredContent"]["status"] == "completed"
