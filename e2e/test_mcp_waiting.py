"""What an agent may do while a person thinks: give up, come back, ask again, lose its connection or the server."""

import pytest
from mcp_agents import PROGRAMS, WAYS, Agent, Refused, over_http, structured


@pytest.fixture
def agents(server):
    connected = []

    def connect(program: str = "typescript-2", way: str = "http", **settings) -> Agent:
        connected.append(Agent(program, **WAYS[way](server), **settings).connected())
        return connected[-1]

    yield connect
    for agent in connected:
        agent.kill()


def only(server) -> dict:
    (session,) = server.api("/sessions")["sessions"]
    return session


def fetched(agent: Agent, request_id: str) -> dict:
    return agent.call("get_response", request_id=request_id, wait_seconds=60)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_client_gives_up_and_fetches_the_answer_later(server, agents, program):
    agent = agents(program)
    order = agent.start("ask_human", timeout=2, title="Deploy?", wait_seconds=600)
    with pytest.raises(Refused):
        order.result()
    session = only(server)
    assert session["status"] == "pending"
    assert server.respond(session["session_id"], {"choice": "confirm"}).status_code == 200
    assert fetched(agent, session["session_id"])["response"] == {"choice": "confirm"}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("leave", ["abandon", "kill"])
def test_who_leaves_cancels_nothing(server, agents, program, leave):
    agent = agents(program)
    order = agent.start("ask_human", progress=True, title="Deploy?")
    order.progress()
    session = only(server)
    if leave == "abandon":
        order.abandon()
        with pytest.raises(Refused):
            order.result()
    else:
        agent.kill()
        agent = agents(program)
    # Whatever the client sent as it left has been read before this answer is given.
    assert agent.call("get_response", request_id=session["session_id"], wait_seconds=0)["status"] == "pending"
    assert server.respond(session["session_id"], {"choice": "cancel"}).status_code == 200
    assert fetched(agent, session["session_id"])["response"] == {"choice": "cancel"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_question_outlives_the_server(server, agents, program):
    order = agents(program).start("ask_human", progress=True, title="Deploy?")
    order.progress()
    request_id = only(server)["session_id"]
    server.kill()
    server.start()
    after = agents(program)
    waiting = after.start("get_response", progress=True, request_id=request_id, wait_seconds=600)
    waiting.progress()
    assert server.respond(request_id, {"choice": "confirm"}).status_code == 200
    assert structured(waiting.result())["response"] == {"choice": "confirm"}


def test_an_agent_over_stdio_goes_on_after_a_restart(server, agents):
    agent = agents("python-2", "stdio")
    pending = agent.call("ask_human", title="Deploy?", wait_seconds=0)
    server.kill()
    server.start()
    server.respond(pending["request_id"], {"choice": "confirm"})
    assert fetched(agent, pending["request_id"])["response"] == {"choice": "confirm"}


def test_who_shows_progress_hears_while_it_waits(server, agents):
    """At once, and again within 15 seconds, in each message where to answer."""
    order = agents().start("ask_human", progress=True, title="Deploy?")
    first, second = order.progress(2)[:2]
    request_id = only(server)["session_id"]
    assert first["progress"] < second["progress"]
    assert all(request_id in said["message"] and server.url in said["message"] for said in (first, second))
    server.respond(request_id, {"choice": "confirm"})
    assert structured(order.result())["status"] == "completed"


def test_who_is_out_of_patience_is_told_what_to_do(server, agents):
    for options in ({"progress": True}, {"progress": False}):
        result = structured(agents().start("ask_human", title="Deploy?", wait_seconds=1, **options).result())
        assert result["status"] == "pending"
        assert f'"request_id":"{result["request_id"]}"' in result["hint"].replace(" ", "")
        assert result["retry_after_seconds"] > 0


def test_everybody_who_waits_hears_of_a_cancellation(server, agents):
    asker, other = agents(), agents("python-1")
    order = asker.start("ask_human", progress=True, title="Deploy?", wait_seconds=600)
    order.progress()
    request_id = only(server)["session_id"]
    assert other.call("cancel_request", request_id=request_id, reason="Too late")["status"] == "cancelled"
    result = structured(order.result())
    assert result["status"] == "cancelled" and "response" not in result


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_repeated_call_asks_once(server, agents, program):
    key = {"idempotency_key": f"deploy-7-{program}", "wait_seconds": 0}
    first = agents(program).call("ask_human", title="Deploy?", **key)
    again = agents(program)
    # How long to wait belongs to the call, not to the question.
    assert again.call("ask_human", title="Deploy?", **{**key, "wait_seconds": 1})["request_id"] == first["request_id"]
    server.respond(first["request_id"], {"choice": "confirm"})
    assert again.call("ask_human", title="Deploy?", **key)["response"] == {"choice": "confirm"}
    other = again.start("ask_human", title="Deploy everything?", **key).result()
    assert other["isError"] and "idempotency" in other["content"][0]["text"]


def test_what_models_guess_is_taken_with_a_word(server, agents):
    agent = agents()
    asked = agent.call("ask_human", title="Deploy?", timeout_seconds="999999999999", wait_seconds="0", patience=7)
    assert asked["status"] == "pending"
    notes = " ".join(asked["notes"])
    assert "timeout_seconds" in notes and "patience" in notes
    wrong = agent.start("ask_human", title=["Deploy?"], options="yes").result()
    assert wrong["isError"] and "/title" in wrong["content"][0]["text"]
    assert server.api("/sessions")["total"] == 1


def test_claude_code_waits_for_as_long_as_it_takes(server):
    """Other clients are told `pending` after 50 seconds; this one has a wait of its own, which progress keeps up."""
    agent = Agent("typescript-1", name="claude-code", **over_http(server)).connected()
    order = agent.start("ask_human", progress=True, title="Deploy?")
    assert len(order.progress(2)) >= 2 and order.reply is None
    server.respond(only(server)["session_id"], {"choice": "confirm"})
    assert structured(order.result())["status"] == "completed"
    agent.kill()
