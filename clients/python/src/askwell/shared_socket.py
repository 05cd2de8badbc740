"""One Socket.IO connection for all waits of a client: it says *that* a session changed, never what it is now.

A wake-up that is lost or invented therefore costs one read and can never become an answer. While there is no
connection, nothing here fails: a watch is then simply not joined, and who waits does without.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import socketio

from .ending import end
from .http import Http
from .watch import Watch

log = logging.getLogger("askwell")
wire_log = logging.getLogger("askwell.socketio")
# What the library calls an error is an ordinary day here: waiting goes on without the socket.
wire_log.setLevel(logging.CRITICAL)
# Whoever wants to see it all the same does not see the packets: one of them holds the token.
wire_log.addFilter(lambda record: "packet" not in str(record.msg))

CHANGES = ("session_completed", "session_cancelled", "session_timeout", "session_updated")
CLOSING = 1.0
"""Seconds for taking leave of a server that may not be there any more."""
JOINS_AT_ONCE = 500
JOINS_PAUSE = 5.0
"""Seconds between so many joins: the server takes 200 events a second after a burst of 1,000."""


class SharedSocket:
    """Keeps the connection while somebody watches, and tells each watch what concerns it.

    To be made where an event loop is running: that is the one it belongs to.
    """

    def __init__(self, http: Http):
        self._http = http
        self._watches: dict[str, set[Watch]] = {}
        self._asked: set[str] = set()
        """Sessions that this connection was told to join."""
        self._joined: set[str] = set()
        """Those of them for which it was acknowledged."""
        self._wanted = asyncio.Event()
        """Set when something is to be joined or left."""
        self._down = False
        self._keeper: asyncio.Task[None] | None = None

    @contextmanager
    def watch(self, session_id: str) -> Iterator[Watch]:
        """Watch a session for as long as the context lasts."""
        watch = Watch(session_id in self._joined, lambda: self._down)
        self._watches.setdefault(session_id, set()).add(watch)
        self._wanted.set()
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())
        try:
            yield watch
        finally:
            watches = self._watches[session_id]
            watches.discard(watch)
            if not watches:
                del self._watches[session_id]
                self._wanted.set()

    async def close(self) -> None:
        """Close the connection."""
        if self._keeper is not None:
            await end([self._keeper])
            self._keeper = None

    async def _keep(self) -> None:
        failures = 0
        while True:
            while not self._watches:
                self._wanted.clear()
                await self._wanted.wait()
            started = monotonic()
            try:
                async with self._connected() as (socket, ended):
                    self._down = False
                    log.debug("socket to %s is up", self._http.base_url)
                    try:
                        await self._serve(socket, ended)
                    finally:
                        # At once: whoever waits goes on without it while it is closed.
                        self._lose()
                reason = "it ended"
            except Exception as failed:  # whatever it is, waiting goes on without a socket
                reason = str(failed) or type(failed).__name__
            self._lose()
            longest = self._http.patience.longest_socket_retry
            # A connection that breaks soon after it came about is no better than none.
            failures = 1 if monotonic() - started > longest else failures + 1
            chance = random.random()  # noqa: S311 - spreads the tries of many clients, protects nothing
            pause = self._http.patience.pause(failures, chance, longest)
            log.debug("no socket to %s (%s): long-polling; next try in %.1f s", self._http.base_url, reason, pause)
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        address = urlsplit(self._http.base_url)
        socket = socketio.AsyncClient(
            reconnection=False,
            handle_sigint=False,
            logger=wire_log,
            engineio_logger=wire_log,
            http_session=self._http.pool(),
        )
        ended = asyncio.Event()
        for name in CHANGES:
            socket.on(name, self._told)
        socket.on("disconnect", lambda *_reason: ended.set())
        limit = self._http.patience.socket
        token = await self._http.credential.read()
        try:
            await asyncio.wait_for(
                socket.connect(
                    f"{address.scheme}://{address.netloc}",
                    headers=await self._http.authorization(),
                    auth={"only": "joined", **({"token": token} if token else {})},
                    # Not the library's own polling: the sessions' long-poll is the better fallback.
                    transports=["websocket"],
                    socketio_path=f"{address.path}/socket.io",
                    wait_timeout=limit,
                ),
                limit,
            )
            yield socket, ended
        finally:
            try:
                await asyncio.wait_for(socket.disconnect(), CLOSING)
            except (socketio.exceptions.SocketIOError, OSError, asyncio.TimeoutError) as failed:
                log.debug("the socket did not close in order: %s", failed)
            # The library's finalizer would close the pool, in whatever thread it runs, although it was only lent.
            socket.eio.http = None

    async def _serve(self, socket: Any, ended: asyncio.Event) -> None:
        """Join what is watched, leave what is not any more, until the connection ends."""
        over = asyncio.create_task(ended.wait())
        sent = 0
        try:
            while not over.done():
                self._wanted.clear()
                for session_id in self._asked - self._watches.keys():
                    self._asked.discard(session_id)
                    self._joined.discard(session_id)
                    await socket.emit("leave_session", {"session_id": session_id})
                for session_id in self._watches.keys() - self._asked:
                    self._asked.add(session_id)
                    acknowledge = partial(self._acknowledged, session_id)
                    await socket.emit("join_session", {"session_id": session_id}, callback=acknowledge)
                    sent += 1
                    if sent % JOINS_AT_ONCE == 0:
                        await asyncio.wait({over}, timeout=JOINS_PAUSE)
                more = asyncio.create_task(self._wanted.wait())
                await asyncio.wait({over, more}, return_when=asyncio.FIRST_COMPLETED)
                more.cancel()
        finally:
            over.cancel()

    def _acknowledged(self, session_id: str, acknowledgement: object = None) -> None:
        # Without success the session is not told here: the read will say why, or the long-poll will do.
        succeeded = isinstance(acknowledgement, dict) and acknowledgement.get("success") is True
        if succeeded and session_id in self._asked:
            self._joined.add(session_id)
        for watch in self._watches.get(session_id, ()):
            watch.joined = session_id in self._joined
            watch.wake()

    def _told(self, change: object) -> None:
        session_id = change.get("session_id") if isinstance(change, dict) else None
        for watch in self._watches.get(session_id or "", ()):
            watch.wake()

    def _lose(self) -> None:
        self._down = True
        self._asked.clear()
        self._joined.clear()
        for watches in self._watches.values():
            for watch in watches:
                watch.joined = False
                watch.wake()
