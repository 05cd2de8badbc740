"""HTTP exchanges with the server: one try, and as many tries as time allows."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from .credential import Credential
from .errors import AskwellError, Unreachable
from .patience import Patience
from .reply import RawReply, Reply, Transient, refuse, understand
from .version import USER_AGENT

log = logging.getLogger("askwell")

LAST_TRY = 1.0
"""Seconds that a try may take when there is no time left."""


class Http:
    """The server's REST API, over one pool of connections that belongs to one event loop."""

    def __init__(
        self,
        base_url: str,
        credential: Credential,
        language: str | None,
        patience: Patience,
        ssl_context: ssl.SSLContext | None,
        proxy: str | None,
    ):
        self.base_url = address(base_url)
        self.patience = patience
        self.credential = credential
        self._headers = {"User-Agent": USER_AGENT}
        if language:
            self._headers["Accept-Language"] = language
        self._ssl_context = ssl_context
        self._proxy = proxy
        self._pool: aiohttp.ClientSession | None = None

    def pool(self) -> aiohttp.ClientSession:
        """Give the pool of connections; made at the first call, when an event loop is running."""
        if self._pool is None:
            # No limit: each wait without a socket holds one connection, and none may starve an answer.
            connector = aiohttp.TCPConnector(limit=0, ssl=self._ssl_context or True)
            self._pool = aiohttp.ClientSession(connector=connector, headers=self._headers, proxy=self._proxy)
        return self._pool

    async def authorization(self) -> dict[str, str]:
        """Give the header that says who asks; none without a token."""
        token = await self.credential.read()
        return {"Authorization": f"Bearer {token}"} if token else {}

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
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        hold: float | None = None,
        give_up_at: float | None = None,
    ) -> Reply:
        """Exchange, again and again while it fails in passing and until ``give_up_at``.

        Only for what may safely be sent twice, which is every call that this client makes. ``hold`` is for how
        many seconds the server is asked to keep the request.
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
                    return understand(await read_raw(reply))
            except Transient as failed:
                failures += 1
                await self.pause(failed, failures, stop)

    async def download(self, path: str) -> bytes:
        """Fetch a file's content."""
        stop, failures = monotonic() + self.patience.retry_for, 0
        # A large file may take long, but not in silence.
        silence = self.patience.request
        limit = aiohttp.ClientTimeout(total=None, sock_connect=silence, sock_read=silence)
        while True:
            try:
                async with self.request("GET", path, limit) as reply:
                    raw = await read_raw(reply)
                    if raw.status != 200:
                        refuse(raw)
                    return raw.content
            except Transient as failed:
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
        """Make one try; :class:`Transient` if the connection fails, here or while the reply is read."""
        given = {**await self.authorization(), **(headers or {})}
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
            raise Transient(broken) from broken

    async def pause(self, failed: Transient, failures: int, stop: float) -> None:
        """Wait before the next try, the last of which is at ``stop``; after that, give up."""
        left = stop - monotonic()
        if left <= 0:
            if isinstance(failed.cause, AskwellError):
                raise failed.cause
            raise Unreachable(f"{self.base_url} could not be reached: {failed}") from failed.cause
        chance = random.random()  # noqa: S311 - spreads the tries of many clients, protects nothing
        pause = max(self.patience.pause(failures, chance, self.patience.longest_retry), failed.retry_after)
        level = logging.WARNING if failures == 1 else logging.DEBUG
        log.log(level, "%s: %s; trying again for up to %.0f s", self.base_url, failed, left)
        await asyncio.sleep(min(pause, left))


async def read_raw(reply: aiohttp.ClientResponse) -> RawReply:
    """Read a reply to its end."""
    request = f"{reply.method} {reply.url}"
    return RawReply(request, reply.method == "GET", reply.status, reply.headers, await reply.read())


def address(base_url: str) -> str:
    """Give the server's address; ``ValueError`` for what is none."""
    # Told here: once in a request it looks like a network that is down.
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the server's address begins with http:// or https://, then names it")
    return base_url.rstrip("/")


def session_path(session_id: str) -> str:
    """Give the path of a session; whatever the id holds, it stays one segment."""
    return f"/api/sessions/{quote(session_id, safe='')}"
