"""One wait's interest in one session."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Callable


class Watch:
    """Is woken when its session changed, or when it is not sure that it did not."""

    def __init__(self, joined: bool, line_is_down: Callable[[], bool]):
        self.joined = joined
        """Whether changes are told, from the moment on in which this became true."""
        self._line_is_down = line_is_down
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Something happened: to the session, or to the connection."""
        self._changed.set()

    def expect(self) -> None:
        """Count from here on what wakes; to be called before the session is read."""
        self._changed.clear()

    async def changed(self, seconds: float) -> None:
        """Wait until woken, or for so long."""
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)

    async def ready(self, seconds: float) -> None:
        """Give a first connection the time to come about; none at all if the last try failed."""
        if not self.joined and not self._line_is_down():
            await self.changed(seconds)
