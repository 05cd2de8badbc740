"""Graphs that pause at a real `interrupt`, with LangGraph and LangChain as they are published, and SQLite between them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Interrupt

from askwell import Askwell, Problem, TimedOut
from askwell.langgraph import interrupts_of, resume_command
from frameworks.graph_agent import PROPOSED
from person import Person
from sockets import until

AGENT = ROOT / "e2e/frameworks/graph_agent.py"


def begin(server, folder: Path, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, AGENT, server.url, folder / "agent.db", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def result(agent: subprocess.Popen):
    out, err = agent.communicate()
    assert agent.returncode == 0, err
    return json.loads(out)


def opened(server, agent: subprocess.Popen) -> dict:
    """What is open, by its title."""

    def both() -> list[dict] | None:
        found = server.api("/sessions")["sessions"]
        if len(found) == 2:
            return found
        assert not agent.poll(), agent.communicate()
        return None

    sessions = until(both, "two sessions")
    return {session["interaction_data"]["title"]: session for session in sessions}


def answer(server, session: dict, response: dict, **more) -> None:
    reply = server.respond(session["session_id"], response, user_id="li.wei", content_hash=session["content_hash"], **more)
    assert reply.status_code == 200, reply.text


def test_asked_in_one_process_answered_and_resumed_in_another(server, tmp_path):
    agent = begin(server, tmp_path, "ask")
    ids = result(agent)
    sessions = opened(server, agent)
    assert {session["session_id"] for session in sessions.values()} == set(ids)
    scale = sessions["Scale the web service?"]
    assert scale["workflow_id"] == "scale-web"
    (action,) = scale["interaction_data"]["actions"]
    assert (action["kind"], action["args"]) == ("scale", PROPOSED)
    edited = {**PROPOSED, "replicas": 3, "share": 0.5}
    answer(server, scale, {"action": "approve", "edited": edited})
    answer(server, sessions["Notify the customers?"], {"choice": "cancel"})
    done = result(begin(server, tmp_path))
    assert done == {"scaled": edited, "notified": False}
    assert [type(value) for value in done["scaled"].values()] == [str, int, float, int, bool]
    assert len(server.api("/sessions", status="all")["sessions"]) == 2


@pytest.mark.parametrize(
    ("response", "more", "scaled"),
    [
        ({"action": "approve"}, {}, PROPOSED),
        ({"action": "abort"}, {"comment": "Not today."}, "ignore: None"),
        ({"action": "modify", "modification_instructions": "Wait an hour."}, {}, "response: Wait an hour."),
    ],
)
def test_every_answer_of_agent_inbox(server, tmp_path, response, more, scaled):
    agent = begin(server, tmp_path)
    sessions = opened(server, agent)
    answer(server, sessions["Notify the customers?"], {"choice": "confirm"})
    answer(server, sessions["Scale the web service?"], response, **more)
    assert result(agent) == {"scaled": scaled, "notified": True}


def test_agent_and_server_are_killed_and_it_is_asked_once(make_server, tmp_path):
    server = make_server().start()
    agent = begin(server, tmp_path)
    sessions = opened(server, agent)
    agent.kill()
    agent.communicate()
    server.kill()
    server.start()
    answer(server, sessions["Scale the web service?"], {"action": "approve"})
    agent = begin(server, tmp_path)
    answer(server, sessions["Notify the customers?"], {"choice": "confirm"})
    assert result(agent) == {"scaled": PROPOSED, "notified": True}
    assert server.api("/statistics")["statistics"]["total_sessions"] == 2


def test_a_question_that_is_withdrawn_ends_the_agent_and_not_the_pause(server, tmp_path):
    agent = begin(server, tmp_path)
    sessions = opened(server, agent)
    server.cancel(sessions["Scale the web service?"]["session_id"], reason="superseded")
    _, err = agent.communicate()
    assert agent.returncode == 1
    assert "askwell.errors.Cancelled" in err and "superseded" in err
    # The other is still open, and so is the graph.
    assert [session["status"] for session in server.api("/sessions")["sessions"]] == ["pending"]


@pytest.mark.parametrize(
    "value",
    [
        {"id": "refund-7", "reason": "It arrived broken.", "amount": 12.5},
        {"id": 7, "reason": "It arrived broken."},
        {"interrupts": "many"},
        {"interaction_data": {"interaction_type": "confirmation", "title": "Another question?"}},
        {"action_request": {"id": 7}, "action_requests": ["refund"]},
    ],
)
def test_what_only_looks_like_a_shape_is_shown_whole_and_a_no_is_false(server, value):
    person = Person(server, lambda session: {"choice": "cancel"})
    with Askwell(server.url) as askwell:
        command = resume_command(askwell, [Interrupt(value, id="1")], {"configurable": {"thread_id": "t1"}}, timeout=60)
    assert command.resume == {"1": False}
    (session,) = person.asked
    assert session["interaction_data"]["data_for_review"] == value


def test_the_client_takes_agent_inboxs_list_of_one_and_the_server_refuses_more(server):
    request = {"action_request": {"action": "scale", "args": PROPOSED}, "config": {"allow_accept": True}}
    Person(server, lambda session: {"action": "approve"})
    with Askwell(server.url) as askwell:
        answers = [askwell.ask([request], idempotency_key="发布-7", timeout=60) for _ in range(2)]
        for several in ([], [request, request]):
            with pytest.raises(Problem):
                askwell.open(several)
    assert [answer.resume for answer in answers] == [[{"type": "accept", "args": None}]] * 2
    assert answers[0].session.session_id == answers[1].session.session_id


class Scripted(BaseChatModel):
    """Calls two tools, and is done once it hears of them."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools, **options):
        return self

    def _generate(self, messages, stop=None, run_manager=None, **options) -> ChatResult:
        heard = [message.content for message in messages if isinstance(message, ToolMessage)]
        calls = [
            {"name": "scale", "args": {"replicas": 12, "share": 2.5}, "id": "c1"},
            {"name": "stop", "args": {"service": "old"}, "id": "c2"},
        ]
        said = AIMessage(content=json.dumps(heard)) if heard else AIMessage(content="", tool_calls=calls)
        return ChatResult(generations=[ChatGeneration(message=said)])


RAN = []


@tool
def scale(replicas: int, share: float) -> str:
    """Scale the service."""
    RAN.append(("scale", replicas, share))
    return "scaled"


@tool
def stop(service: str) -> str:
    """Stop a service."""
    RAN.append(("stop", service))
    return "stopped"


def middleware_agent(saver: SqliteSaver, **options):
    allowed = {
        "scale": {"allowed_decisions": ["approve", "edit", "reject"], "description": "Scale the service?"},
        "stop": {"allowed_decisions": ["approve", "reject"], "description": "Stop the old one?"},
    }
    middleware = HumanInTheLoopMiddleware(interrupt_on=allowed, **options)
    return create_agent(Scripted(), tools=[scale, stop], middleware=[middleware], checkpointer=saver)


def run(server, database: Path, decide, **options) -> tuple[dict, list[dict]]:
    """Runs the agent to its end, and tells what was asked."""
    RAN.clear()
    config = {"configurable": {"thread_id": "t1"}}
    person = Person(server, decide)
    with Askwell(server.url) as askwell:
        with SqliteSaver.from_conn_string(str(database)) as saver:
            middleware_agent(saver, **options).invoke({"messages": [("user", "Scale")]}, config)
        # Another connection, and another agent: all that is left of the first is on disk.
        with SqliteSaver.from_conn_string(str(database)) as saver:
            agent = middleware_agent(saver, **options)
            paused = agent.get_state(config)
            while interrupts_of(paused):
                paused = agent.invoke(resume_command(askwell, paused, config, timeout=60), config)
    return paused, person.asked


def test_langchains_middleware_runs_what_was_edited_and_not_what_was_rejected(server, tmp_path):
    decisions = [{"action": "approve", "edited": {"replicas": 3, "share": 0.5}}, {"action": "abort", "comment": "Keep it."}]
    done, asked = run(server, tmp_path / "agent.db", lambda session: {"decisions": decisions})
    assert len(asked) == 1
    assert [action["kind"] for action in asked[0]["interaction_data"]["actions"]] == ["scale", "stop"]
    assert RAN == [("scale", 3, 0.5)]
    assert type(RAN[0][1]) is int
    heard = done["messages"][-1].content
    assert "scaled" in heard and "Keep it." in heard and "stopped" not in heard


def test_langchains_middleware_with_an_interrupt_for_each_call(server, tmp_path):
    def decide(session: dict) -> dict:
        (action,) = session["interaction_data"]["actions"]
        if action["kind"] == "stop":
            assert "edit" not in action["allowed"]
            return {"action": "abort"}
        return {"action": "approve", "edited": {"replicas": 3, "share": 0.5}}

    _, asked = run(server, tmp_path / "agent.db", decide, interrupt_mode="per_call")
    assert len(asked) == 2
    assert RAN == [("scale", 3, 0.5)]


def test_what_nobody_answers_runs_nothing(server, tmp_path):
    RAN.clear()
    config = {"configurable": {"thread_id": "t1"}}
    with Askwell(server.url) as askwell, SqliteSaver.from_conn_string(str(tmp_path / "agent.db")) as saver:
        agent = middleware_agent(saver)
        paused = agent.invoke({"messages": [("user", "Scale")]}, config)
        with pytest.raises(TimedOut):
            resume_command(askwell, paused, config, timeout=1)
        # The same question stays timed out; asked anew it is another.
        with pytest.raises(TimedOut):
            resume_command(askwell, paused, config, timeout=1)
        approve = {"decisions": [{"action": "approve"}, {"action": "approve"}]}
        # Only the one that is asked anew: the first is among what a person hears of, too.
        Person(server, lambda session: approve if session["interaction_data"]["timeout"] == 60 else None)
        agent.invoke(resume_command(askwell, paused, config, timeout=60, attempt=2), config)
    assert sorted(RAN) == [("scale", 12, 2.5), ("stop", "old")]
