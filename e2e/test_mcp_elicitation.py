"""Clients that can open an address are asked to open the question's page, where the owner wants that."""

import pytest
from mcp_agents import WAYS, Agent


@pytest.fixture
def server(make_server):
    return make_server(env={"ASKWELL__MCP__ELICITATION": "true"}).start()


@pytest.mark.parametrize(
    ("program", "way", "action"),
    [
        ("python-1", "http", "cancel"),
        ("python-1", "stdio", "accept"),
        ("python-2", "http", "decline"),
        ("python-2", "stdio", "cancel"),
    ],
)
def test_the_page_is_offered_and_people_answer_there(server, program, way, action):
    """Whatever the client makes of it: the question stays open, and the call goes on waiting."""
    agent = Agent(program, elicits=action, **WAYS[way](server)).connected()
    order = agent.start("ask_human", progress=True, title="Open the page?", idempotency_key="once")
    agent.until(lambda: agent.elicited, "the offer")
    (session,) = server.api("/sessions")["sessions"]
    assert agent.elicited == [f"{server.url}/r/{session['session_id']}"]
    assert session["status"] == "pending"
    assert server.respond(session["session_id"], {"choice": "confirm"}).status_code == 200
    assert order.result()["structuredContent"]["response"] == {"choice": "confirm"}
    agent.close()


@pytest.mark.parametrize("program", ["python-1", "python-2"])
def test_whoever_cannot_open_it_is_not_asked_to(server, program):
    agent = Agent(program, **WAYS["http"](server)).connected()
    order = agent.start("ask_human", progress=True, title="Still a question?")
    order.progress()
    (session,) = server.api("/sessions")["sessions"]
    assert server.respond(session["session_id"], {"choice": "confirm"}).status_code == 200
    assert order.result()["structuredContent"]["status"] == "completed"
    assert agent.elicited == []
    agent.close()
