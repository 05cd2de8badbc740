"""Nothing that a broken, wrong or hostile server says is ever an answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from askwell import (
    AskwellError,
    AsyncAskwell,
    NotAskwell,
    Patience,
    Problem,
    TimedOut,
    Unanswered,
    Unreachable,
    confirmation,
)
from double import a_double
from scenario import scenario
from wire import a_session, completed

QUICK = Patience(retry_for=0.1, first_retry=0.01, longest_retry=0.02, request=0.2)
NOWHERE = "http://127.0.0.1:9"


def says(session: Any, **more: Any) -> web.Response:
    return web.json_response({"success": True, "session": session, **more})


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (lambda: web.Response(text="<html>Log in</html>", content_type="text/html"), NotAskwell),
        (lambda: web.json_response(["confirm"]), NotAskwell),
        (lambda: web.json_response({"session": completed("a")}), NotAskwell),
        (lambda: web.json_response({"success": "true", "session": completed("a")}), NotAskwell),
        (lambda: says(None), NotAskwell),
        (lambda: says(completed("b")), NotAskwell),
        (lambda: says({**completed("a"), "status": "approved"}), NotAskwell),
        (lambda: says(completed("a", source="timeout")), NotAskwell),
        (lambda: says({**completed("a"), "response": None}), NotAskwell),
        (lambda: web.Response(status=302, headers={"Location": "/api/sessions/b"}), NotAskwell),
        (lambda: web.Response(status=403, text="no"), NotAskwell),
        (lambda: web.json_response({"code": "forbidden", "status": 403}, status=403), Problem),
        (lambda: web.Response(status=201, body=says(completed("a")).body), NotAskwell),
    ],
)
@scenario
async def test_a_reply_that_cannot_be_trusted_raises(reply: Any, error: type[Exception]) -> None:
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        double.add("b")
        double.close_session("b")
        double.replies.append(reply())
        with pytest.raises(error):
            await askwell.wait("a")


@scenario
async def test_what_was_answered_is_what_was_asked() -> None:
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        waiting = asyncio.create_task(askwell.ask(confirmation("T")))
        await double.until(lambda: len(double.reads) == 1)
        double.close_session("session-0", content_hash="another")
        with pytest.raises(NotAskwell, match="what was asked"):
            await waiting


@scenario
async def test_a_server_that_is_gone_never_answers() -> None:
    async with AsyncAskwell(NOWHERE, patience=QUICK) as askwell:
        with pytest.raises(Unreachable):
            await askwell.ask(confirmation("T"))
        with pytest.raises(TimedOut) as raised:
            await askwell.wait("a", timeout=0.05)
        assert raised.value.session is None
        assert isinstance(raised.value.__cause__, Unreachable)
        with pytest.raises(Unanswered):
            await askwell.wait("a")
        found = await askwell.outcome("a", timeout=0.05)
        assert (found.answer, found.status) == (None, "unknown")


@scenario
async def test_a_server_that_hangs_never_answers() -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with AsyncAskwell(url, patience=QUICK) as askwell:
        with pytest.raises(TimedOut):
            await askwell.wait("a", timeout=0.05)
        with pytest.raises(Unreachable):
            await askwell.get("a")
    server.close()


@scenario
async def test_what_passes_is_tried_again() -> None:
    async with a_double() as double, AsyncAskwell(double.url, patience=QUICK) as askwell:
        busy = {"code": "overloaded", "status": 503, "detail": "Try again."}
        double.add("a")
        double.replies += [web.json_response(busy, status=503, headers={"Retry-After": "0"}), web.Response(status=502)]
        double.replies += [web.Response(status=500)]
        assert (await askwell.get("a")).is_open
        double.replies += [web.json_response(busy, status=503) for _ in range(100)]
        with pytest.raises(Problem) as raised:
            await askwell.get("a")
        assert (raised.value.status, raised.value.code, raised.value.detail) == (503, "overloaded", "Try again.")
        with pytest.raises(TimedOut):
            await askwell.wait("a", timeout=0.05)


@scenario
async def test_a_draft_that_is_sent_twice_has_one_key() -> None:
    async with a_double() as double, AsyncAskwell(double.url, patience=QUICK) as askwell:
        double.opens_to_break = 1
        await askwell.open(confirmation("T"), timeout=60)
        first, second = double.posts
        assert first == second
        assert first[2]
        assert first[1]["interaction_data"]["timeout"] == 60
        await askwell.open(confirmation("T"))
        assert double.posts[2][2] != first[2]


@scenario
async def test_a_refusal_is_told_whole_and_at_once() -> None:
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        finding = {"pointer": "/response/port", "code": "above_maximum", "detail": "Must be at most 65535."}
        body = {"code": "validation_failed", "status": 422, "title": "Invalid", "detail": "1 in all."}
        double.replies.append(web.json_response({**body, "errors": [finding], "request_id": "r-1"}, status=422))
        with pytest.raises(Problem, match="/response/port: Must be at most 65535") as raised:
            await askwell.respond("a", {"port": 70_000})
        problem = raised.value
        assert (problem.status, problem.code, problem.request_id) == (422, "validation_failed", "r-1")
        assert problem.errors[0].pointer == "/response/port"
        assert problem.body["errors"] == [finding]
        assert isinstance(problem, AskwellError)


@scenario
async def test_a_session_that_was_closed_before_needs_no_wait() -> None:
    async with a_double() as double, AsyncAskwell(double.url) as askwell:
        double.replies.append(says(completed("a")))
        assert (await askwell.ask(confirmation("T"), idempotency_key="k")).user_id == "li.wei"
        double.replies.append(says(a_session("a", status="timeout")))
        with pytest.raises(TimedOut, match="deadline"):
            await askwell.ask(confirmation("T"), idempotency_key="k")
        assert double.reads == []
