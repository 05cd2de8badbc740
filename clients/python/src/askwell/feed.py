"""The feed of all changes: how it is read, and how it goes on after a break without a hole or a double."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import aiohttp

from .errors import NotAskwell
from .http import Http, read_raw
from .reply import Transient, refuse
from .session import Session, read_session, read_time

KEEP_ALIVE = 15.0
"""Seconds after which a quiet stream sends a comment; three of them missed mean a dead connection."""


@dataclass(frozen=True)
class Event:
    """One change of one session."""

    cursor: str
    """Place in the feed: go on from here with ``events(after=…)``."""
    type: str
    """``opened``, ``claimed``, ``released``, ``extended``, ``answered``, ``timed_out``, ``cancelled``, ``failed``."""
    at: datetime
    version: int
    session: Session
    """The session right after the change."""


class StreamReader:
    """Reads server-sent events out of bytes, however they are cut."""

    def __init__(self) -> None:
        self._rest = b""
        self._fields: dict[str, list[str]] = {}

    def feed(self, chunk: bytes) -> list[Event]:
        """Give the events that are complete with these bytes."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [event for event in map(self._line, lines) if event is not None]

    def _line(self, raw: bytes) -> Event | None:
        line = raw.rstrip(b"\r").decode()
        if line:
            name, _, value = line.partition(":")
            # A line that begins with a colon is a comment: its name is empty.
            self._fields.setdefault(name, []).append(value[1:] if value.startswith(" ") else value)
            return None
        fields, self._fields = self._fields, {}
        return read_event("\n".join(fields["data"])) if "data" in fields else None


def read_event(text: str) -> Event:
    """Read one event of the feed; :class:`NotAskwell` if it is none."""
    try:
        event = json.loads(text)
        return Event(
            cursor=event["cursor"],
            type=event["type"],
            at=read_time(event["at"]),
            version=event["version"],
            session=read_session(event["session"]),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise NotAskwell(f"not an event of the feed: {wrong!r}") from wrong


async def follow(http: Http, after: str | None) -> AsyncGenerator[Event, None]:
    """Give every change after a cursor, without end. ``None``: from the oldest kept; ``latest``: from now on."""
    cursor = after
    if after == "latest":
        # Turned into a cursor first, or a break before the first event would leave a hole.
        reply = await http.send("GET", "/api/events", params={"after": "latest", "limit": 1})
        cursor = str(reply["next_cursor"])
    patience = http.patience
    limit = aiohttp.ClientTimeout(total=None, sock_connect=patience.request, sock_read=3 * KEEP_ALIVE)
    failures, stop = 0, 0.0
    while True:
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": cursor} if cursor else {})}
        try:
            async with http.request("GET", "/api/events", limit, headers=headers) as reply_stream:
                if reply_stream.status != 200:
                    refuse(await read_raw(reply_stream))
                reader = StreamReader()
                async for chunk in reply_stream.content.iter_any():
                    # Any byte, a comment included, shows that the server is there.
                    failures = 0
                    for event in reader.feed(chunk):
                        cursor = event.cursor
                        yield event
            raise Transient(ConnectionError("the stream ended"))
        except Transient as failed:
            failures += 1
            if failures == 1:
                stop = monotonic() + patience.retry_for
            await http.pause(failed, failures, stop)
