"""Who asks: how the token is sent, where it is not seen, and what becomes of a wait that loses it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any, Callable

import pytest
from aiohttp import web

from askwell import Askwell, AskwellError, AsyncAskwell, AuthenticationError, ForbiddenError, Patience, Problem
from askwell import confirmation as question
from double import a_double
from scenario import scenario

QUICK = Patience(first_retry=0.01, longest_retry=0.05, longest_socket_retry=0.05)


@scenario
async def test_the_token_goes_with_requests_and_the_socket() -> None:
    async with a_double() as double, AsyncAskwell(double.url, "ask_secret\n", patience=QUICK) as askwell:
        double.token = "ask_secret"
        waiting = asyncio.create_task(askwell.ask(question("T")))
        await double.until(lambda: len(double.reads) == 1)
        double.close_session("session-0")
        assert (await waiting).source == "person"
        assert set(double.shown) == {"Bearer ask_secret"}
        assert double.authentications == [{"only": "joined", "token": "ask_secret"}]


@pytest.mark.parametrize("client", [Askwell, AsyncAskwell])
def test_the_environment_gives_a_token_where_the_caller_does_not(
    client: Callable[..., Askwell | AsyncAskwell], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKWELL_TOKEN", "ask_of_the_environment")
    given = [client(), client(token="ask_given"), client(token="")]
    monkeypatch.delenv("ASKWELL_TOKEN")

    async def shown(one: Askwell | AsyncAskwell) -> dict[str, str]:
        made = one._make() if isinstance(one, Askwell) else one
        return await made._http.authorization()

    headers = [asyncio.run(shown(one)).get("Authorization") for one in [*given, client()]]
    assert headers == ["Bearer ask_of_the_environment", "Bearer ask_given", None, None]


@scenario
async def test_a_function_is_asked_for_each_request() -> None:
    tokens = (f"t{number}" for number in range(100))

    async def slow() -> str:
        return next(tokens)

    async with a_double() as double:
        double.add("a")
        for token in (lambda: next(tokens), slow):
            async with AsyncAskwell(double.url, token) as askwell:
                await askwell.get("a")
                await askwell.get("a")
        assert double.shown == ["Bearer t0", "Bearer t1", "Bearer t2", "Bearer t3"]


@scenario
async def test_a_function_that_fails_fails_the_call() -> None:
    def token() -> str:
        raise RuntimeError("the vault is closed")

    async with a_double() as double, AsyncAskwell(double.url, token, patience=QUICK) as askwell:
        double.add("a")
        with pytest.raises(RuntimeError, match="vault"):
            await askwell.wait("a")
        assert double.reads == []


@scenario
async def test_a_token_is_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "askwell", "askwell.socketio"):
        caplog.set_level(logging.DEBUG, name)
    try:
        async with a_double() as double, AsyncAskwell(double.url, "ask_secret", patience=QUICK) as askwell:
            double.token = "ask_secret"
            waiting = asyncio.create_task(askwell.wait(double.add("a")))
            await double.until(lambda: len(double.reads) == 1)
            await double.revoke("another")
            with pytest.raises(AuthenticationError) as raised:
                await waiting
            parts: list[object] = [askwell, vars(askwell), vars(askwell._http), askwell._http.credential]
            said = [repr(part) for part in parts] + [repr(raised.value), str(raised.value)]
            assert "ask_secret" not in " ".join(said)
        with Askwell(token="ask_secret") as blocking:
            assert "ask_secret" not in repr(blocking) + repr(vars(blocking))
    finally:
        logging.getLogger("askwell.socketio").setLevel(logging.CRITICAL)
    own = [record.getMessage() for record in caplog.records if record.name.startswith("askwell")]
    assert any("socket to" in message for message in own)
    assert "ask_secret" not in " ".join(own)


@scenario
async def test_a_token_that_is_revoked_ends_all_waits() -> None:
    async with a_double() as double, AsyncAskwell(double.url, "ask_secret", patience=QUICK) as askwell:
        double.token = "ask_secret"
        waits = [asyncio.create_task(call(double.add("a"))) for call in (askwell.wait, askwell.outcome)]
        await double.until(lambda: len(double.reads) == 2)
        await double.revoke("another")
        for wait in waits:
            with pytest.raises(AuthenticationError, match="unauthenticated"):
                await wait


@scenario
async def test_a_token_that_is_revoked_is_no_answer_to_the_next_long_poll() -> None:
    patience = Patience(first_retry=0.01, long_poll=0.05)
    async with a_double() as double, AsyncAskwell(double.url, "ask_secret", patience=patience) as askwell:
        double.token, double.sockets_allowed = "ask_secret", False
        waiting = asyncio.create_task(askwell.wait(double.add("a")))
        await double.until(lambda: len(double.reads) == 1)
        double.token = "another"
        with pytest.raises(AuthenticationError):
            await waiting


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "unauthenticated", AuthenticationError),
        (403, "forbidden", ForbiddenError),
        (403, "step_up_required", ForbiddenError),
        (404, "session_not_found", Problem),
    ],
)
@scenario
async def test_a_refusal_is_told_at_once(status: int, code: str, kind: type[Problem]) -> None:
    def refusal() -> web.Response:
        return web.json_response({"code": code, "status": status, "request_id": "r-1"}, status=status)

    async with a_double() as double, AsyncAskwell(double.url, patience=QUICK) as askwell:
        double.add("a")
        calls: Iterator[Any] = iter([askwell.get("a"), askwell.wait("a"), askwell.open(question("T"))])
        for call in [*calls, askwell.events().__anext__()]:
            double.shown.clear()
            double.replies.append(refusal())
            with pytest.raises(Problem) as raised:
                await call
            assert type(raised.value) is kind
            assert (raised.value.status, raised.value.code, raised.value.request_id) == (status, code, "r-1")
            assert isinstance(raised.value, AskwellError)
            assert len(double.shown) == 1, "asked once, and not again"


@scenario
async def test_what_follows_the_feed_ends_with_the_token() -> None:
    streams: list[web.StreamResponse] = []

    async def feed(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        streams.append(stream)
        await stream.write(b": here\n\n")
        await double._note()
        return stream

    async with a_double(lambda double: double.app.router.add_get("/api/events", feed)) as double:
        double.token = "ask_secret"
        async with AsyncAskwell(double.url, "ask_secret", patience=QUICK) as askwell:
            following = asyncio.ensure_future(askwell.events(after="c").__anext__())
            await double.until(lambda: len(streams) == 1)
            double.token = "another"
            with pytest.raises(AuthenticationError):
                await following
