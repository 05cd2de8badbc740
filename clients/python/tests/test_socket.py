"""Waiting by the shared socket, and without it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from askwell import AsyncAskwell, Cancelled, Patience, TimedOut, confirmation
from double import Double, a_double
from scenario import scenario

QUICK = Patience(first_retry=0.01, longest_retry=0.05, longest_socket_retry=0.05)


@asynccontextmanager
async def pair(patience: Patience = QUICK) -> AsyncIterator[tuple[Double, AsyncAskwell]]:
    async with a_double() as double, AsyncAskwell(double.url, patience=patience) as askwell:
        yield double, askwell


@scenario
async def test_the_answer_comes_by_the_socket_without_a_long_poll() -> None:
    async with pair() as (double, askwell):
        waiting = asyncio.create_task(askwell.wait(double.add("a")))
        await double.until(lambda: len(double.reads) == 1)
        double.close_session("a")
        assert (await waiting).data == {"choice": "confirm"}
        assert double.authentications == [{"only": "joined"}]
        assert double.joined == ["a"]
        assert double.reads == [0, 0], "subscribe, read once, and once more when woken"
        await double.until(lambda: double.left == ["a"])


@scenario
async def test_many_waits_share_one_socket() -> None:
    async with pair() as (double, askwell):
        ids = [double.add(f"s{n}") for n in range(200)]
        waits = [asyncio.create_task(askwell.wait(session_id)) for session_id in ids]
        await double.until(lambda: len(double.joined) == 200)
        for session_id in ids:
            double.close_session(session_id)
        answers = await asyncio.gather(*waits)
        assert [answer.session.session_id for answer in answers] == ids
        assert len(double.authentications) == 1


@scenario
async def test_two_waits_for_one_session_join_it_once() -> None:
    async with pair() as (double, askwell):
        first = asyncio.create_task(askwell.wait(double.add("a")))
        await double.until(lambda: len(double.reads) == 1)
        second = asyncio.create_task(askwell.wait("a"))
        await double.until(lambda: len(double.reads) == 2)
        double.close_session("a")
        assert (await first).data == (await second).data
        assert double.joined == ["a"]
        assert double.reads[:2] == [0, 0]


@scenario
async def test_an_answer_between_joining_and_reading_is_not_lost() -> None:
    async with pair() as (double, askwell):
        double.on_join = double.close_session
        assert (await askwell.wait(double.add("a"))).source == "person"


@scenario
async def test_an_answer_while_reading_is_not_lost() -> None:
    async with pair() as (double, askwell):

        def answer_once(session_id: str) -> None:
            double.on_read = lambda session_id: None
            double.close_session(session_id)

        double.on_read = answer_once
        assert (await askwell.wait(double.add("a"))).source == "person"


@scenario
async def test_an_event_that_is_lost_is_made_up_for() -> None:
    async with pair(Patience(reread=0.02)) as (double, askwell):
        double.sockets_silent = True
        waiting = asyncio.create_task(askwell.wait(double.add("a")))
        await double.until(lambda: len(double.reads) > 2)
        double.close_session("a")
        assert (await waiting).source == "person"
        assert set(double.reads) == {0}


@scenario
async def test_an_event_is_only_a_hint() -> None:
    async with pair() as (double, askwell):
        waiting = asyncio.create_task(askwell.wait(double.add("a")))
        await double.until(lambda: len(double.reads) == 1)
        # It says completed, but the session is not.
        double.tell("a", "session_completed")
        await double.until(lambda: len(double.reads) == 2)
        double.tell("a", "session_updated")
        await double.until(lambda: len(double.reads) == 3)
        double.close_session("a", "cancelled", error_message="superseded")
        with pytest.raises(Cancelled, match="superseded"):
            await waiting


@scenario
async def test_without_a_socket_it_long_polls() -> None:
    async with pair() as (double, askwell):
        double.sockets_allowed = False
        waiting = asyncio.create_task(askwell.wait(double.add("a")))
        await double.until(lambda: len(double.reads) == 1)
        double.close_session("a")
        assert (await waiting).source == "person"
        assert double.reads == [30]
        assert double.authentications == []


@scenario
async def test_many_long_polls_starve_nobody() -> None:
    async with pair() as (double, askwell):
        double.sockets_allowed = False
        waits = [asyncio.create_task(askwell.wait(double.add(f"s{n}"))) for n in range(150)]
        await double.until(lambda: len(double.reads) == 150)
        assert (await askwell.get("s0")).is_open
        for n in range(150):
            double.close_session(f"s{n}")
        assert len(await asyncio.gather(*waits)) == 150


@scenario
async def test_a_socket_that_breaks_is_replaced_by_long_poll_and_comes_back() -> None:
    async with pair() as (double, askwell):
        waiting = asyncio.create_task(askwell.wait(double.add("a")))
        await double.until(lambda: len(double.reads) == 1)
        double.sockets_allowed = False
        await double.drop_sockets()
        await double.until(lambda: len(double.reads) == 2)
        assert double.reads == [0, 30]
        double.sockets_allowed = True
        await double.until(lambda: double.joined == ["a", "a"])
        double.close_session("a")
        assert (await waiting).source == "person"
        waiting = asyncio.create_task(askwell.wait(double.add("b")))
        await double.until(lambda: "b" in double.joined and len(double.reads) >= 3)
        double.close_session("b")
        await waiting
        assert double.reads[-1] == 0


@scenario
async def test_a_refused_join_is_replaced_by_long_poll() -> None:
    async with pair(Patience(socket=0.05)) as (double, askwell):
        double.join_result = lambda session_id: {"success": False, "code": "session_not_found", "status": 404}
        waiting = asyncio.create_task(askwell.wait(double.add("a")))
        await double.until(lambda: len(double.reads) == 1)
        double.close_session("a")
        assert (await waiting).source == "person"
        assert double.reads == [30]


@scenario
async def test_a_socket_that_never_comes_about_holds_up_nothing() -> None:
    async with pair(Patience(socket=0.05)) as (double, askwell):
        never = asyncio.Event()
        double.join_result = lambda session_id: {"success": False}

        async def hang(*_arguments: object) -> None:
            await never.wait()

        double._io.on("connect", hang)
        waiting = asyncio.create_task(askwell.wait(double.add("a")))
        await double.until(lambda: len(double.reads) == 1)
        assert double.reads == [30]
        double.close_session("a")
        assert (await waiting).source == "person"
        never.set()


@scenario
async def test_its_own_clock_stops_it_whatever_the_server_does() -> None:
    async with pair() as (double, askwell):
        for allowed in (True, False):
            double.sockets_allowed = allowed
            with pytest.raises(TimedOut) as raised:
                await askwell.wait(double.add("a"), timeout=0.05)
            assert raised.value.session is not None
            assert raised.value.session.is_open
            assert (await askwell.outcome("a", timeout=0)).status == "pending"


@scenario
async def test_a_cancelled_wait_leaves_nothing_behind() -> None:
    async with pair() as (double, askwell):
        waiting = asyncio.create_task(askwell.ask(confirmation("T")))
        await double.until(lambda: len(double.reads) == 1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await double.until(lambda: double.left == ["session-0"])
        assert not askwell._line()._watches
