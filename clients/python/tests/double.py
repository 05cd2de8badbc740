"""A server that keeps the contract of the real one, or breaks it where a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta, timezone
from typing import Any, Callable

import socketio
from aiohttp import web

from wire import a_response, a_session


class Double:
    """Sessions in memory, long-poll and Socket.IO; counts what it is asked for."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.changed = asyncio.Condition()
        self.reads: list[float] = []
        """The ``wait`` of every read."""
        self.posts: list[tuple[str, dict[str, Any], str | None]] = []
        """Path, body and idempotency key of every POST."""
        self.authentications: list[Any] = []
        """What each socket connected with."""
        self.joined: list[str] = []
        self.left: list[str] = []
        self.sockets_allowed = True
        self.sockets_silent = False
        """Whether events are lost on their way."""
        self.join_result: Callable[[str], dict[str, Any]] = lambda session_id: {
            "success": True,
            "session_id": session_id,
        }
        self.on_join: Callable[[str], None] = lambda session_id: None
        self.on_read: Callable[[str], None] = lambda session_id: None
        """Called after a read has seen the session, and before it is told."""
        self.token: str | None = None
        """Who comes without it is nobody; ``None`` lets everybody in."""
        self.shown: list[str | None] = []
        """The ``Authorization`` of every request of REST."""
        self.replies: list[web.Response] = []
        """Given instead of the next replies of REST."""
        self.opens_to_break = 0
        """How many times the connection breaks after a session was opened."""
        self.url = ""
        self._events: set[asyncio.Task[None]] = set()
        self._sockets: set[str] = set()
        self._io = socketio.AsyncServer(async_mode="aiohttp", logger=False, engineio_logger=False)
        self._io.on("connect", self._connect)
        self._io.on("disconnect", lambda sid, *_reason: self._sockets.discard(sid))
        self._io.on("join_session", self._join)
        self._io.on("leave_session", self._leave)
        self.app = web.Application(middlewares=[self._gate])
        self._io.attach(self.app)
        self.app.router.add_post("/api/sessions", self._open)
        self.app.router.add_get("/api/sessions/{id}", self._read)

    def add(self, session_id: str, **changes: Any) -> str:
        now = datetime.now(timezone.utc)
        times = {"created_at": now.isoformat(), "expires_at": (now + timedelta(minutes=5)).isoformat()}
        self.sessions[session_id] = a_session(session_id, **{**times, **changes})
        return session_id

    def close_session(self, session_id: str, status: str = "completed", **changes: Any) -> None:
        """Close it, and tell whoever joined."""
        response = {"response": a_response(session_id)} if status == "completed" else {}
        self.sessions[session_id] = {**self.sessions[session_id], "status": status, "version": 2, **response, **changes}
        self.tell(session_id, f"session_{status}")

    def tell(self, session_id: str, event: str) -> None:
        task = asyncio.ensure_future(self._tell(session_id, event))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to be counted."""
        async with self.changed:
            await self.changed.wait_for(condition)

    async def drop_sockets(self) -> None:
        for sid in list(self._sockets):
            await self._io.disconnect(sid)

    async def revoke(self, token: str) -> None:
        """Let in only another token from now on, and end what is open, as the server does."""
        self.token = token
        await self.drop_sockets()

    async def _note(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def _tell(self, session_id: str, event: str) -> None:
        await self._note()
        if not self.sockets_silent:
            session = self.sessions[session_id]
            payload = {"session_id": session_id, "session": session, "version": session["version"], "cursor": "1"}
            await self._io.emit(event, payload, room=session_id)

    async def _connect(self, sid: str, environ: Any, auth: Any = None) -> None:
        self._sockets.add(sid)
        self.authentications.append(auth)
        if self.token is not None and (auth or {}).get("token") != self.token:
            raise socketio.exceptions.ConnectionRefusedError("unauthenticated")
        await self._io.emit("connected", {"message": "", "server_time": "", "cursor": "1"}, to=sid)

    async def _join(self, sid: str, asked: dict[str, Any]) -> dict[str, Any]:
        session_id = asked["session_id"]
        result = self.join_result(session_id)
        if result["success"]:
            await self._io.enter_room(sid, session_id)
        self.joined.append(session_id)
        self.on_join(session_id)
        await self._note()
        return result

    async def _leave(self, sid: str, asked: dict[str, Any]) -> None:
        await self._io.leave_room(sid, asked["session_id"])
        self.left.append(asked["session_id"])
        await self._note()

    @web.middleware
    async def _gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path.startswith("/socket.io"):
            if not self.sockets_allowed:
                return web.json_response({"code": "route_not_found"}, status=404)
        else:
            self.shown.append(request.headers.get("Authorization"))
            if self.token is not None and self.shown[-1] != f"Bearer {self.token}":
                return web.json_response({"code": "unauthenticated", "status": 401}, status=401)
            if self.replies:
                return self.replies.pop(0)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _open(self, request: web.Request) -> web.Response:
        self.posts.append((request.path, await request.json(), request.headers.get("Idempotency-Key")))
        session_id = self.add(f"session-{len(self.sessions)}")
        await self._note()
        if self.opens_to_break and request.transport:
            self.opens_to_break -= 1
            request.transport.close()
        return web.json_response({"success": True, "session_id": session_id, "session": self.sessions[session_id]})

    async def _read(self, request: web.Request) -> web.Response:
        session_id, wait = request.match_info["id"], float(request.query.get("wait", 0))
        if session_id not in self.sessions:
            return web.json_response({"code": "session_not_found", "success": False}, status=404)
        self.reads.append(wait)
        if wait:
            await self._note()
            held = self.until(lambda: self.sessions[session_id]["status"] != "pending")
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(held, wait)
        seen = self.sessions[session_id]
        self.on_read(session_id)
        await self._note()
        return web.json_response({"success": True, "session": seen})


@asynccontextmanager
async def a_double(prepare: Callable[[Double], object] = lambda double: None) -> AsyncIterator[Double]:
    double = Double()
    prepare(double)
    runner = web.AppRunner(double.app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    double.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield double
    finally:
        await runner.cleanup()
        await double._io.shutdown()
