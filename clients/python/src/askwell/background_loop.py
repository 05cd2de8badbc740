"""An event loop in a thread of its own, so that blocking callers share the one implementation of waiting."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import Any, Callable, TypeVar

from .ending import end

T = TypeVar("T")


class BackgroundLoop:
    """Runs coroutines for other threads. Belongs to the process that made it: a fork has no such thread."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._ending = threading.RLock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="askwell", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Block until the coroutine is done; an interrupt of the caller (Ctrl-C) ends the coroutine, too."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def start(self, action: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do something without waiting for it; nothing if the loop has ended."""
        with self._ending:
            if self._is_ours():
                asyncio.run_coroutine_threadsafe(action(), self._loop)

    def close(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """End what still runs, then do the ``last`` thing, then end the thread. Closing again does nothing."""
        if threading.current_thread() is self._thread:
            # The garbage collector may call this from anywhere, and the loop cannot wait for itself.
            threading.Thread(target=self.close, args=(last,), name="askwell-close").start()
            return
        with self._ending:
            if self._is_ours():
                self.run(_end_all_others())
                self.run(last())
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join()
                self._loop.close()

    def _is_ours(self) -> bool:
        return self.process == os.getpid() and not self._loop.is_closed()


async def _end_all_others() -> None:
    await end(task for task in asyncio.all_tasks() if task is not asyncio.current_task())
    await asyncio.get_running_loop().shutdown_asyncgens()
