"""What leaves the client, byte by byte."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import asynccontextmanager
from threading import Event
from typing import Callable

import pytest

from askwell import Askwell, AsyncAskwell, Patience, Unreachable, confirmation
from scenario import scenario
from wire import a_session, completed

QUICK = Patience(retry_for=0.1, first_retry=0.01, longest_retry=0.02)


class Recorder:
    """Notes the head of each request, and answers all of them alike."""

    def __init__(self, session: object, status: str = "200 OK", headers: str = ""):
        self.heads: list[str] = []
        self.body = json.dumps({"success": True, "session": session}).encode()
        self.status = status
        self.headers = headers
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        refused = "Upgrade: websocket" in head
        status = "404 Not Found" if refused else self.status
        length = f"Content-Length: {len(self.body)}\r\nConnection: close\r\n"
        writer.write(f"HTTP/1.1 {status}\r\n{self.headers}{length}\r\n".encode() + self.body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def recorder(session: object = None, **options: str) -> AsyncIterator[Recorder]:
    found = Recorder(session or completed("a"), **options)
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        server.close()


@scenario
async def test_the_path_of_the_address_is_kept_for_requests_and_socket() -> None:
    async with recorder() as server, AsyncAskwell(f"{server.url}/tools/askwell/") as askwell:
        await askwell.wait("a")
        paths = {head.split()[1].split("?")[0] for head in server.heads}
        assert paths == {"/tools/askwell/socket.io/", "/tools/askwell/api/sessions/a"}


@pytest.mark.parametrize("face", [Askwell, AsyncAskwell])
@pytest.mark.parametrize("url", ["127.0.0.1:18551", "localhost:8096", "ftp://a", "http://", "http:8096", ""])
def test_an_address_that_is_none_is_told_at_once(face: Callable[[str], object], url: str) -> None:
    with pytest.raises(ValueError, match="begins with http:// or https://"):
        face(url)


@scenario
async def test_the_token_and_the_language_are_sent_with_requests_and_socket() -> None:
    async with recorder() as server, AsyncAskwell(server.url, "secret", language="zh-CN") as askwell:
        await askwell.wait("a")
        assert len(server.heads) == 2
        for head in server.heads:
            assert "Authorization: Bearer secret\r\n" in head
            assert "Accept-Language: zh-CN\r\n" in head
            assert "User-Agent: askwell-python/" in head


@scenario
async def test_everything_goes_through_the_proxy() -> None:
    async with recorder() as proxy, AsyncAskwell("http://askwell.invalid", proxy=proxy.url) as askwell:
        await askwell.wait("a")
        assert len(proxy.heads) == 2
        assert {head.split("/")[2] for head in proxy.heads} == {"askwell.invalid"}


@scenario
async def test_a_session_id_stays_one_segment_of_the_path() -> None:
    async with recorder(a_session("a/../b?c")) as server, AsyncAskwell(server.url) as askwell:
        await askwell.get("a/../b?c")
        assert server.heads[0].startswith("GET /api/sessions/a%2F..%2Fb%3Fc HTTP")


@scenario
async def test_the_token_does_not_follow_a_redirect() -> None:
    async with recorder() as elsewhere:
        location = f"Location: {elsewhere.url}\r\n"
        async with recorder(status="307 Temporary Redirect", headers=location) as server:
            async with AsyncAskwell(server.url, "secret") as askwell:
                with pytest.raises(Exception, match="307"):
                    await askwell.get("a")
            assert elsewhere.heads == []


@scenario
async def test_what_is_no_json_is_not_sent() -> None:
    async with recorder() as server, AsyncAskwell(server.url) as askwell:
        with pytest.raises(ValueError, match="JSON"):
            await askwell.open(confirmation("T"), metadata={"n": float("nan")})
        with pytest.raises(TypeError):
            await askwell.respond("a", {"when": object()})
        assert server.heads == []


def test_the_feed_gives_up_like_any_call() -> None:
    with Askwell("http://127.0.0.1:9", patience=QUICK) as askwell:
        for after in ("latest", "c1", None):
            with pytest.raises(Unreachable):
                next(iter(askwell.events(after=after)))


def test_closing_ends_waits_in_other_threads() -> None:
    waiting = Event()
    with Askwell("http://127.0.0.1:9", patience=QUICK) as askwell, ThreadPoolExecutor(1) as pool:

        def wait() -> None:
            waiting.set()
            askwell.wait("a", timeout=3600)

        future = pool.submit(wait)
        waiting.wait()
        while askwell._running is None:
            pass
        askwell.close()
        with pytest.raises(CancelledError):
            future.result()
        with pytest.raises(Unreachable):
            askwell.get("a")
