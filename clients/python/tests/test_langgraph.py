"""A real graph that pauses, and a server that is a double."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any, TypedDict

import pytest

from askwell import Askwell, AsyncAskwell, Cancelled, NotAskwell, TimedOut, confirmation
from double import Double, a_double
from scenario import scenario
from wire import a_response

pytest.importorskip("langgraph")

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Interrupt, interrupt

from askwell.langgraph import interrupts_of, open_sessions, open_sessions_async, resume_command, resume_command_async

MORNING = datetime(2026, 11, 27, 8, tzinfo=timezone.utc)
CONFIG: Any = {"configurable": {"thread_id": "t1"}}


class State(TypedDict, total=False):
    first: Any
    second: Any


def graph_of(**nodes: Any) -> Any:
    """All nodes run at once."""
    graph = StateGraph(State)
    for name, node in nodes.items():
        graph.add_node(name, node)
        graph.add_edge(START, name)
        graph.add_edge(name, END)
    return graph.compile(checkpointer=InMemorySaver())


def pair() -> Any:
    return graph_of(
        one=lambda state: {"first": interrupt("Deploy?")},
        two=lambda state: {"second": interrupt({"question": "Notify?"})},
    )


def titles(double: Double) -> list[str]:
    return [session["interaction_data"]["title"] for session in double.sessions.values()]


def answer(double: Double, title: str, choice: str) -> None:
    (session_id,) = [
        session_id
        for (session_id, _), (_, body, _) in zip(double.sessions.items(), double.posts)
        if body["interaction_data"]["title"] == title
    ]
    double.close_session(session_id, response=a_response(session_id, response_data={"choice": choice}))


@scenario
async def test_several_interrupts_at_once_get_an_answer_each() -> None:
    graph = pair()
    result = graph.invoke({}, CONFIG)
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        waiting = asyncio.create_task(resume_command_async(askwell, result, CONFIG, timeout=60))
        await double.until(lambda: len(double.reads) == 2)
        answer(double, "Notify?", "cancel")
        await double.until(lambda: len(double.reads) == 3)
        assert not waiting.done(), "an answer to some of them is an answer to none"
        answer(double, "Deploy?", "confirm")
        command = await waiting
    assert isinstance(command, Command)
    assert graph.invoke(command, CONFIG) == {"first": True, "second": False}


@scenario
async def test_the_same_interrupt_is_the_same_session_wherever_it_is_read_from() -> None:
    graph = pair()
    result = graph.invoke({}, CONFIG)
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        for paused in (
            result,
            graph.get_state(CONFIG),
            result["__interrupt__"],
            graph.invoke(None, CONFIG, version="v2"),
        ):
            await open_sessions_async(askwell, paused, CONFIG)
        keys = [key for _, _, key in double.posts]
        assert len(keys) == 8
        assert len(set(keys)) == 2
        assert all(str(key).startswith("langgraph:t1:") for key in keys)
        bodies = [body for _, body, _ in double.posts]
        assert bodies[0] == bodies[2]
        assert bodies[0]["workflow_id"] == "t1"
        other: Any = {"configurable": {"thread_id": "t2"}}
        await open_sessions_async(askwell, result, other, workflow_id="w")
        await open_sessions_async(askwell, result, CONFIG, attempt=2)
        assert len({key for _, _, key in double.posts}) == 6
        assert double.posts[8][1]["workflow_id"] == "w"


@scenario
async def test_two_interrupts_of_one_node_are_two_sessions_also_with_equal_words() -> None:
    graph = graph_of(one=lambda state: {"first": [interrupt("Deploy?"), interrupt("Deploy?")]})
    result = graph.invoke({}, CONFIG)
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        await open_sessions_async(askwell, result, CONFIG)
        (one,) = interrupts_of(result)
        result = graph.invoke(Command(resume={one.id: True}), CONFIG)
        await open_sessions_async(askwell, result, CONFIG)
        assert len({key for _, _, key in double.posts}) == 2


@pytest.mark.parametrize(("status", "error"), [("timeout", TimedOut), ("cancelled", Cancelled)])
@scenario
async def test_one_that_will_not_be_answered_leaves_the_graph_paused(status: str, error: type[Exception]) -> None:
    graph = pair()
    result = graph.invoke({}, CONFIG)
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        waiting = asyncio.create_task(resume_command_async(askwell, result, CONFIG))
        await double.until(lambda: len(double.reads) == 2)
        # At once, although nobody has answered the other.
        double.close_session("session-1", status)
        with pytest.raises(error):
            await waiting
    assert len(graph.get_state(CONFIG).interrupts) == 2


@scenario
async def test_a_default_is_no_persons_answer() -> None:
    graph = pair()
    result = graph.invoke({}, CONFIG)
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        waiting = asyncio.create_task(resume_command_async(askwell, result, CONFIG))
        await double.until(lambda: len(double.reads) == 2)
        for session_id in list(double.sessions):
            given = a_response(session_id, source="timeout")
            double.close_session(session_id, "timeout", on_timeout="default", response=given)
        with pytest.raises(NotAskwell):
            await waiting


@scenario
async def test_a_framework_shape_is_posted_as_it_is() -> None:
    value = {
        "action_request": {"action": "scale", "args": {"n": 3}},
        "config": {"allow_accept": True},
        "description": "D",
    }
    graph = graph_of(one=lambda state: {"first": interrupt([value])[0]["args"]["args"]})
    result = graph.invoke({}, CONFIG)
    edited = [{"type": "edit", "args": {"action": "scale", "args": {"n": 2}}}]
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        waiting = asyncio.create_task(resume_command_async(askwell, result, CONFIG, timeout=60, risk="low"))
        await double.until(lambda: len(double.reads) == 1)
        assert double.posts[0][1] == {**value, "workflow_id": "t1", "timeout": 60, "risk": "low"}
        data = {"action": "approve", "edited": {"n": 2}}
        double.close_session("session-0", response=a_response("session-0", response_data=data, resume=edited))
        assert graph.invoke(await waiting, CONFIG) == {"first": {"n": 2}}


@scenario
async def test_values_of_ones_own_are_asked_as_one_says() -> None:
    graph = graph_of(one=lambda state: {"first": interrupt({"deploy": 7})})
    result = graph.invoke({}, CONFIG)
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        own = {"interaction_type": "custom", "title": "T", "message": "", "schema": {}}
        waiting = asyncio.create_task(resume_command_async(askwell, result, CONFIG, asks=lambda one: own))
        await double.until(lambda: len(double.reads) == 1)
        assert double.posts[0][1]["interaction_data"] == own
        double.close_session("session-0", response=a_response("session-0", response_data={"n": 2}))
        assert graph.invoke(await waiting, CONFIG) == {"first": {"n": 2}}


@scenario
async def test_the_blocking_face_does_the_same() -> None:
    graph = pair()
    result = graph.invoke({}, CONFIG)
    async with a_double() as double:
        with Askwell(double.url) as askwell, ThreadPoolExecutor(1) as pool:
            loop = asyncio.get_running_loop()
            opened = await loop.run_in_executor(pool, lambda: open_sessions(askwell, result, CONFIG))
            assert [session.session_id for session in opened] == ["session-0", "session-1"]
            waiting = loop.run_in_executor(pool, lambda: resume_command(askwell, result, CONFIG))
            await double.until(lambda: len(double.reads) == 2)
            for session_id in list(double.sessions):
                double.close_session(session_id)
            command = await waiting
    assert graph.invoke(command, CONFIG) == {"first": True, "second": True}


def test_wrong_use_is_told_before_anybody_is_asked() -> None:
    result = pair().invoke({}, CONFIG)
    with Askwell("http://127.0.0.1:9") as askwell:
        with pytest.raises(ValueError, match="thread_id"):
            resume_command(askwell, result, {})
        nothing: Any
        for nothing in ({"first": True}, [], None, "text", {"__interrupt__": []}):
            with pytest.raises(ValueError, match="nothing is paused"):
                resume_command(askwell, nothing, CONFIG)
        with pytest.raises(TypeError, match="on_timeout"):
            resume_command(askwell, result, CONFIG, on_timeout="default")
        unseen = Interrupt({"action_request": {"action": "refund", "args": {}}, "customer": "Ann"}, id="1")
        with pytest.raises(ValueError, match="interrupt 1: customer beside action_request"):
            resume_command(askwell, [unseen], CONFIG)
        unwritable: Any
        for unwritable, why in (
            ({"when": [object()]}, "interrupt 1: /when/0 is of type object"),
            (
                {"action_request": {"action": "wait", "args": {"until": MORNING}}},
                "/action_request/args/until .*datetime",
            ),
            ({"action_request": {"action": "scale", "args": {"share": float("nan")}}}, "/share is NaN"),
            ({**confirmation("Deploy?"), "default_value": MORNING}, "interrupt 1: /default_value"),
        ):
            with pytest.raises(TypeError, match=why):
                resume_command(askwell, [Interrupt(unwritable, id="1")], CONFIG)
        own = {**confirmation("Deploy?"), "fields": {1}}
        with pytest.raises(TypeError, match="interrupt 1: /fields"):
            resume_command(askwell, [Interrupt(7, id="1")], CONFIG, asks=lambda one: own)


@scenario
async def test_what_json_cannot_write_is_shown_as_text() -> None:
    value = {"question": "Deploy?", "at": MORNING, "hosts": {"b", "a"}, "share": float("inf")}
    result = graph_of(one=lambda state: {"first": interrupt(value)}).invoke({}, CONFIG)
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        await open_sessions_async(askwell, result, CONFIG)
        assert double.posts[0][1]["interaction_data"]["data_for_review"] == {
            "question": "Deploy?",
            "at": "2026-11-27T08:00:00+00:00",
            "hosts": ["a", "b"],
            "share": "Infinity",
        }
