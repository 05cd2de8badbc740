"""The client for code without asyncio: every method is that of ``client.py``, run in a background thread."""

from __future__ import annotations

import os
import ssl
import threading
import weakref
from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    TypeVar,
)

from .background_loop import BackgroundLoop
from .client import DEFAULT_URL, AsyncAskwell
from .credential import Token, token_or_variable
from .draft import Asked, DraftOptions
from .feed import Event
from .filters import Filters
from .http import address
from .interactions import Text
from .outcome import Answer, Outcome
from .patience import Patience
from .review import Review, ReviewOptions
from .session import Session

if TYPE_CHECKING:
    from typing_extensions import Unpack

T = TypeVar("T")


class Askwell:
    """Asks people, and waits for what they decide. Any number of threads may use one client.

    All waits of one client share one websocket; without one they long-poll.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_URL,
        token: Token | None = None,
        *,
        language: str | None = None,
        patience: Patience | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: str | None = None,
    ):
        """Connect to nothing yet; see :class:`AsyncAskwell`."""
        known, url = token_or_variable(token), address(base_url)
        self._make: Callable[[], AsyncAskwell] = lambda: AsyncAskwell(
            url, known, language=language, patience=patience, ssl_context=ssl_context, proxy=proxy
        )
        self._starting = threading.Lock()
        self._running: tuple[BackgroundLoop, AsyncAskwell] | None = None

    def __enter__(self) -> Askwell:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Waits in other threads end with ``concurrent.futures.CancelledError``."""
        with self._starting:
            running, self._running = self._running, None
        if running is not None:
            _close(*running)

    def ask(self, interaction: Asked, **options: Unpack[DraftOptions]) -> Answer:
        """Open a session and wait for a person's answer; see :meth:`open` and :meth:`wait`."""
        return self._run(lambda client: client.ask(interaction, **options))

    def review(
        self,
        checkpoint_name: str,
        context_message: Text,
        data_for_review: Any = None,
        **options: Unpack[ReviewOptions],
    ) -> Review:
        """Ask a person to approve, change or stop a plan, and wait. ``options`` are ``ReviewOptions``.

        After ``modify`` make a new plan by the ``instructions`` and ask again with the same ``node_id`` and
        ``attempt + 1``. Raises as :meth:`wait` does.
        """
        return self._run(lambda client: client.review(checkpoint_name, context_message, data_for_review, **options))

    def open(self, interaction: Asked, **options: Unpack[DraftOptions]) -> Session:
        """Open a session without waiting. ``interaction`` says what is asked, ``options`` are ``DraftOptions``.

        Raises :class:`Problem` if the server refuses it, :class:`Unreachable` if there is none. What the server
        ignored is logged, and in ``session.warnings``.
        """
        return self._run(lambda client: client.open(interaction, **options))

    def wait(self, session_id: str, *, timeout: float | None = None) -> Answer:
        """Wait for a person's answer.

        Raises :class:`TimedOut`, :class:`Cancelled` or :class:`Failed` if there will be none; :class:`TimedOut` also
        after ``timeout`` seconds, or without ``timeout`` some grace after the deadline, whatever the server does.
        Restarts of the server and broken connections do not end the wait.
        """
        return self._run(lambda client: client.wait(session_id, timeout=timeout))

    def outcome(self, session_id: str, *, timeout: float | None = None) -> Outcome:
        """Wait as :meth:`wait` does, but tell how it ended instead of raising; ``answer`` may be ``None``."""
        return self._run(lambda client: client.outcome(session_id, timeout=timeout))

    def respond(
        self,
        session_id: str,
        response: Any,
        *,
        user_id: str | None = None,
        comment: str | None = None,
        content_hash: str | None = None,
    ) -> Session:
        """Answer a session in the name of a person.

        With the ``content_hash`` of what the person saw it is refused if something else was asked. ``user_id``
        counts only where the server has no accounts.
        """
        return self._run(
            lambda client: client.respond(
                session_id, response, user_id=user_id, comment=comment, content_hash=content_hash
            )
        )

    def cancel(self, session_id: str, reason: str | None = None) -> Session:
        """Withdraw a question. Cancelling twice is fine; what is closed otherwise is a :class:`Problem`."""
        return self._run(lambda client: client.cancel(session_id, reason))

    def get(self, session_id: str) -> Session:
        """Read a session as it is now."""
        return self._run(lambda client: client.get(session_id))

    def list(self, *, limit: int = 100, **filters: Unpack[Filters]) -> Sequence[Session]:
        """List sessions, at most ``limit``; see ``Filters``. Without any: the open ones, newest first."""
        return self._run(lambda client: client.list(limit=limit, **filters))

    def events(self, *, after: str | None = "latest") -> Iterator[Event]:
        """Follow all changes: from now on, after a ``cursor``, or with ``None`` from the oldest kept.

        Goes on by itself after a break, without a hole or a double. Raises :class:`Problem` ``cursor_expired``, and
        :class:`Unreachable` if the server stays away.
        """
        loop, client = self._start()
        events = client.events(after=after)
        try:
            while True:
                yield loop.run(_next(events))
        finally:
            # Not waited for: whoever forgets the iterator may have it collected in any thread.
            loop.start(events.aclose)

    def download(self, session_id: str, file_id: str) -> bytes:
        """Fetch an uploaded file, named in the answer to a ``file_upload``."""
        return self._run(lambda client: client.download(session_id, file_id))

    def _run(self, call: Callable[[AsyncAskwell], Coroutine[Any, Any, T]]) -> T:
        loop, client = self._start()
        return loop.run(call(client))

    def _start(self) -> tuple[BackgroundLoop, AsyncAskwell]:
        with self._starting:
            # After a fork the child starts anew; the thread, and its connections, are its parent's.
            if self._running is None or self._running[0].process != os.getpid():
                self._running = (BackgroundLoop(), self._make())
                weakref.finalize(self, _close, *self._running)
            return self._running


async def _next(events: AsyncGenerator[Event, None]) -> Event:
    # Begun inside the loop, so that the loop knows the generator and ends it at the latest when it ends itself.
    return await events.__anext__()


def _close(loop: BackgroundLoop, client: AsyncAskwell) -> None:
    loop.close(client.close)
