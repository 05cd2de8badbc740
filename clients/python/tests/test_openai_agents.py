"""A real agent whose model is scripted, and a server that is a double."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from askwell import Askwell, AsyncAskwell, Cancelled, NotAskwell, TimedOut
from double import Double, a_double
from scenario import scenario
from wire import a_response

pytest.importorskip("agents")

from agents import Agent, RunConfig, Runner, RunState, function_tool
from agents.testing import ScriptedModel, assistant_message, function_call

from askwell.openai_agents import open_sessions_async, settle, settle_async

QUIET = RunConfig(tracing_disabled=True)


class Desk:
    """An agent that refunds, once a person says so."""

    def __init__(self, *turns: Any) -> None:
        self.refunded: list[float] = []

        @function_tool(needs_approval=True)
        def refund(amount: float) -> str:
            """Give money back."""
            self.refunded.append(amount)
            return f"refunded {amount}"

        self.model = ScriptedModel([*turns, [assistant_message("done")]])
        self.agent = Agent(name="Desk", tools=[refund], model=self.model)

    async def start(self) -> Any:
        return await Runner.run(self.agent, "Refund", run_config=QUIET)

    async def go_on(self, state: Any) -> Any:
        return await Runner.run(self.agent, state, run_config=QUIET)

    def heard(self) -> str:
        return str(self.model.calls[-1].input)


def call(amount: float, call_id: str = "c1") -> Any:
    return function_call("refund", {"amount": amount}, call_id=call_id)


def decide(double: Double, session_id: str, action: str, comment: str | None = None, **more: Any) -> None:
    given = a_response(session_id, response_data={"action": action, **more}, comment=comment)
    double.close_session(session_id, response=given)


@scenario
async def test_a_call_runs_once_a_person_approves_it() -> None:
    desk = Desk([call(12.5)])
    result = await desk.start()
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        waiting = asyncio.create_task(settle_async(askwell, result, run_id="r1", timeout=60, risk="high"))
        await double.until(lambda: len(double.reads) == 1)
        (_, body, key), *_ = double.posts
        assert (body["workflow_id"], body["risk"]) == ("r1", "high")
        asked = body["interaction_data"]
        assert (asked["interaction_type"], asked["title"]["en"], asked["timeout"]) == ("review", "Run refund?", 60)
        assert asked["actions"] == [
            {"kind": "tool", "target": "refund", "args": {"amount": 12.5}, "allowed": ["approve", "modify", "abort"]}
        ]
        assert str(key).startswith("openai-agents:r1:")
        assert desk.refunded == []
        decide(double, "session-0", "approve")
        result = await desk.go_on(await waiting)
    assert (result.final_output, desk.refunded) == ("done", [12.5])


@pytest.mark.parametrize(
    ("action", "said", "more"),
    [
        ("abort", "rejected this call: Too much.", {"comment": "Too much."}),
        ("abort", "not approved", {}),
        ("modify", "asks for another one: Only half.", {"modification_instructions": "Only half."}),
    ],
)
@scenario
async def test_what_is_not_approved_does_not_run_and_the_model_hears_why(
    action: str, said: str, more: dict[str, Any]
) -> None:
    desk = Desk([call(12.5)])
    result = await desk.start()
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        waiting = asyncio.create_task(settle_async(askwell, result, run_id="r1"))
        await double.until(lambda: len(double.reads) == 1)
        decide(double, "session-0", action, **more)
        result = await desk.go_on(await waiting)
    assert (result.final_output, desk.refunded) == ("done", [])
    assert said in desk.heard()


@scenario
async def test_each_call_is_decided_by_itself_and_none_for_good() -> None:
    desk = Desk([call(1, "c1"), call(2, "c2")], [call(1, "c3")])
    result = await desk.start()
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        waiting = asyncio.create_task(settle_async(askwell, result, run_id="r1"))
        await double.until(lambda: len(double.reads) == 2)
        decide(double, "session-0", "approve")
        decide(double, "session-1", "abort")
        result = await desk.go_on(await waiting)
        assert desk.refunded == [1]
        assert len(result.interruptions) == 1
        waiting = asyncio.create_task(settle_async(askwell, result, run_id="r1"))
        await double.until(lambda: len(double.reads) == 5)
        assert len({key for _, _, key in double.posts}) == 3
        decide(double, "session-2", "abort")
        await desk.go_on(await waiting)
    assert desk.refunded == [1]


@scenario
async def test_a_state_that_was_written_down_finds_its_sessions_again() -> None:
    desk = Desk([call(12.5)])
    result = await desk.start()
    written = result.to_state().to_string()
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        await open_sessions_async(askwell, result, run_id="r1")
        state = await RunState.from_string(desk.agent, written)
        waiting = asyncio.create_task(settle_async(askwell, state, run_id="r1"))
        await double.until(lambda: len(double.reads) == 1)
        (_, first, key), (_, second, again) = double.posts
        assert (first, key) == (second, again)
        decide(double, "session-1", "approve")
        result = await desk.go_on(await waiting)
    assert desk.refunded == [12.5]


@pytest.mark.parametrize(("status", "error"), [("timeout", TimedOut), ("cancelled", Cancelled)])
@scenario
async def test_one_that_will_not_be_answered_decides_nothing(status: str, error: type[Exception]) -> None:
    desk = Desk([call(1, "c1"), call(2, "c2")])
    result = await desk.start()
    state = result.to_state()
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        waiting = asyncio.create_task(settle_async(askwell, state, run_id="r1"))
        await double.until(lambda: len(double.reads) == 2)
        decide(double, "session-0", "approve")
        double.close_session("session-1", status)
        with pytest.raises(error):
            await waiting
    result = await desk.go_on(state)
    assert (len(result.interruptions), desk.refunded) == (2, [])


@pytest.mark.parametrize(
    "data",
    [
        {"action": "approve", "edited": {"amount": 1}},
        {"decisions": [{"action": "approve"}]},
        {"action": "accept"},
        {},
        "approve",
    ],
)
@scenario
async def test_a_decision_about_anything_else_is_none(data: Any) -> None:
    desk = Desk([call(12.5)])
    result = await desk.start()
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        waiting = asyncio.create_task(settle_async(askwell, result, run_id="r1"))
        await double.until(lambda: len(double.reads) == 1)
        double.close_session("session-0", response=a_response("session-0", response_data=data))
        with pytest.raises(NotAskwell):
            await waiting


@pytest.mark.parametrize(
    ("text", "shown"),
    [("{", "{"), ('{"amount": NaN}', '{"amount": NaN}'), ('{"a": [1, 2.5, "3"]}', {"a": [1, 2.5, "3"]})],
)
@scenario
async def test_arguments_are_shown_as_they_are(text: str, shown: Any) -> None:
    desk = Desk([call(1)])
    result = await desk.start()
    state = result.to_state()
    state._current_step.interruptions[0].raw_item.arguments = text
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        await open_sessions_async(askwell, state, run_id="r1")
        assert double.posts[0][1]["interaction_data"]["actions"][0]["args"] == shown


@scenario
async def test_wrong_use_is_told_before_anybody_is_asked() -> None:
    desk = Desk([call(1)])
    result = await desk.start()
    nothing = await Desk().start()
    with Askwell("http://127.0.0.1:9") as askwell:
        with pytest.raises(ValueError, match="run_id"):
            settle(askwell, result, run_id="")
        with pytest.raises(TypeError, match="idempotency_key"):
            settle(askwell, result, run_id="r", idempotency_key="k")
        with pytest.raises(ValueError, match="nothing waits"):
            settle(askwell, nothing, run_id="r")
