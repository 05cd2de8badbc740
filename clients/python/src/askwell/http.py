"""HTTP exchanges with the server: one try, and as many tries as time allows."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, NoReturn
from urllib.parse import quote

import aiohttp

from .errors import AskwellError, NotAskwell, Problem, Unreachable
from .patience import Patience
from .version import USER_AGENT

log = logging.getLogger("askwell")

LAST_TRY = 1.0
"""Seconds that a try may take when there is no time left."""


@dataclass(frozen=True)
class Reply:
    """What the server said, and what time it was there."""

    body: Mapping[str, Any]
    server_time: datetime


class Passing(Exception):
    """One try failed in a way that another may not."""

    def __init__(self, cause: Exception, retry_after: float = 0.0):
        super().__init__(str(cause) or type(cause).__name__)
        self.cause = cause
        self.retry_after = retry_after
        """Seconds for which the server asks to be left alone."""


class Http:
    """The server's REST API, over one pool of connections that belongs to one event loop."""

    def __init__(
        self,
        base_url: str,
        token: str | None,
        language: str | None,
        patience: Patience,
        ssl_context: ssl.SSLContext | None,
        proxy: str | None,
    ):
        self.base_url = base_url.rstrip("/")
        self.patience = patience
        self.headers: dict[str, str] = {"User-Agent": USER_AGENT}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        if language:
            self.headers["Accept-Language"] = language
        self._ssl_context = ssl_context
        self._proxy = proxy
        self._pool: aiohttp.ClientSession | None = None

    def pool(self) -> aiohttp.ClientSession:
        """Give the pool of connections; made at the first call, when an event loop is running."""
        if self._pool is None:
            # No limit: each wait without a socket holds one connection, and none may starve an answer.
            connector = aiohttp.TCPConnector(limit=0, ssl=self._ssl_context or True)
            self._pool = aiohttp.ClientSession(connector=connector, headers=self.headers, proxy=self._proxy)
        return self._pool

    async def close(self) -> None:
        """Close all connections."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        hold: float | None = None,
        give_up_at: float | None = None,
    ) -> Reply:
        """Exchange, again and again while it fails in passing and until ``give_up_at``.

        Only for what may safely be sent twice, which is every call that this client makes. ``hold`` is for how
        many seconds the server was asked to keep the request.
        """
        stop = monotonic() + self.patience.retry_for if give_up_at is None else give_up_at
        data = None if body is None else json.dumps(body, allow_nan=False).encode()
        asked = dict(params or {})
        failures = 0
        while True:
            left = stop - monotonic()
            if hold is not None:
                asked["wait"] = max(min(hold, left), 0.0)
            # A server that hangs does not hold up the caller for longer than a dead one.
            limit = aiohttp.ClientTimeout(total=max(min((hold or 0.0) + self.patience.request, left), LAST_TRY))
            try:
                async with self.request(method, path, limit, data=data, params=asked, headers=headers) as reply:
                    return await _read(reply)
            except Passing as failed:
                failures += 1
                await self.pause(failed, failures, stop)

    async def download(self, path: str) -> bytes:
        """Fetch a file's content."""
        stop, failures = monotonic() + self.patience.retry_for, 0
        # A large file may take long, but not in silence.
        limit = aiohttp.ClientTimeout(total=None, sock_connect=self.patience.request, sock_read=self.patience.request)
        while True:
            try:
                async with self.request("GET", path, limit) as reply:
                    if reply.status != 200:
                        await refuse(reply)
                    return await reply.read()
            except Passing as failed:
                failures += 1
                await self.pause(failed, failures, stop)

    @asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        limit: aiohttp.ClientTimeout,
        *,
        data: bytes | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Make one try; :class:`Passing` if the connection fails, here or while the reply is read."""
        given = dict(headers or {})
        if data is not None:
            given["Content-Type"] = "application/json"
        try:
            # A redirect is not followed: it would take the token along, and turn a POST into a GET.
            async with self.pool().request(
                method,
                self.base_url + path,
                data=data,
                params=params,
                headers=given,
                allow_redirects=False,
                timeout=limit,
            ) as reply:
                yield reply
        except (aiohttp.InvalidURL, aiohttp.ClientConnectorCertificateError) as wrong:
            raise Unreachable(f"{self.base_url}: {wrong}") from wrong
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as broken:
            raise Passing(broken) from broken

    async def pause(self, failed: Passing, failures: int, stop: float) -> None:
        """Wait before the next try, the last of which is at ``stop``; after that, give up."""
        left = stop - monotonic()
        if left <= 0:
            if isinstance(failed.cause, AskwellError):
                raise failed.cause
            raise Unreachable(f"{self.base_url} could not be reached: {failed}") from failed.cause
        chance = random.random()  # noqa: S311 - spreads the tries of many clients, protects nothing
        pause = max(self.patience.pause(failures, chance, self.patience.longest_retry), failed.retry_after)
        log.log(
            logging.WARNING if failures == 1 else logging.DEBUG,
            "%s: %s; trying again for up to %.0f s",
            self.base_url,
            failed,
            left,
        )
        await asyncio.sleep(min(pause, left))


def is_passing(status: int, method: str) -> bool:
    """Whether another try is worth while: for a read, after any failure of the server."""
    return status in {408, 429, 502, 503, 504} or (status >= 500 and method == "GET")


def session_path(session_id: str) -> str:
    """Give the path of a session; whatever the id holds, it stays one segment."""
    return f"/api/sessions/{quote(session_id, safe='')}"


async def _read(reply: aiohttp.ClientResponse) -> Reply:
    if reply.status != 200:
        await refuse(reply)
    body = _object(await reply.read())
    if body is None or body.get("success") is not True:
        raise NotAskwell(f"{reply.method} {reply.url}: the reply is not one of Askwell's")
    return Reply(body, _server_time(reply))


async def refuse(reply: aiohttp.ClientResponse) -> NoReturn:
    """Raise what a reply that is no success means."""
    body = _object(await reply.read())
    if is_passing(reply.status, reply.method):
        raise Passing(Problem(reply.status, body or {"title": reply.reason}), _retry_after(reply))
    if body is None or "code" not in body:
        raise NotAskwell(f"{reply.method} {reply.url}: HTTP {reply.status}, and not from Askwell")
    raise Problem(reply.status, body)


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _retry_after(reply: aiohttp.ClientResponse) -> float:
    value = reply.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0


def _server_time(reply: aiohttp.ClientResponse) -> datetime:
    try:
        return parsedate_to_datetime(reply.headers["Date"]).astimezone(timezone.utc)
    except (KeyError, TypeError, ValueError):
        return datetime.now(timezone.utc)
