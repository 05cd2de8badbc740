"""The client for asyncio. ``blocking.py`` is the same for everybody else."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .credential import Credential, Token, token_or_variable
from .draft import Asked, DraftOptions, compose
from .feed import Event, follow
from .filters import PAGE, Filters, as_parameters
from .http import Http, log, session_path
from .interactions import Text, plan_review
from .outcome import Answer, Outcome, outcome_of
from .patience import Patience
from .review import Review, ReviewOptions, review_of, split
from .session import Session, read_session
from .shared_socket import SharedSocket
from .waiting import wait_for_outcome

if TYPE_CHECKING:
    from typing_extensions import Unpack

DEFAULT_URL = "http://127.0.0.1:8096"


class AsyncAskwell:
    """Asks people, and waits for what they decide. Use it as ``async with AsyncAskwell() as askwell``.

    All waits of one client share one websocket; without one they long-poll. A client belongs to the event loop in
    which it is first used.
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
        """Connect to nothing yet.

        ``token`` says who asks, where the server has accounts: a token, or a function that gives one and is called
        for each request. Without it the variable ``ASKWELL_TOKEN`` counts. ``language`` is that of the server's
        messages (``en``, ``zh-CN``); ``proxy`` the address of an HTTP proxy (the environment's is not used).
        """
        credential = Credential(token_or_variable(token))
        self._http = Http(base_url, credential, language, patience or Patience(), ssl_context, proxy)
        self._socket: SharedSocket | None = None

    async def __aenter__(self) -> AsyncAskwell:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections. What was asked stays open on the server."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None
        await self._http.close()

    async def ask(self, interaction: Asked, **options: Unpack[DraftOptions]) -> Answer:
        """Open a session and wait for a person's answer; see :meth:`open` and :meth:`wait`."""
        return await self._answer_to(await self.open(interaction, **options))

    async def review(
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
        plan, draft = split(options)
        asked = plan_review(checkpoint_name, context_message, data_for_review, **plan)
        return review_of(await self.ask(asked, **draft))

    async def open(self, interaction: Asked, **options: Unpack[DraftOptions]) -> Session:
        """Open a session without waiting. ``interaction`` says what is asked, ``options`` are ``DraftOptions``.

        Raises :class:`Problem` if the server refuses it, :class:`Unreachable` if there is none. What the server
        ignored is logged, and in ``session.warnings``.
        """
        body, key = compose(interaction, options)
        reply = await self._http.send("POST", "/api/sessions", body=body, headers={"Idempotency-Key": key})
        session = read_session(reply["session"], reply.body.get("warnings"))
        for warning in session.warnings:
            log.warning("session %s: %s: %s", session.session_id, warning.pointer, warning.detail)
        return session

    async def wait(self, session_id: str, *, timeout: float | None = None) -> Answer:
        """Wait for a person's answer.

        Raises :class:`TimedOut`, :class:`Cancelled` or :class:`Failed` if there will be none; :class:`TimedOut` also
        after ``timeout`` seconds, or without ``timeout`` some grace after the deadline, whatever the server does.
        Restarts of the server and broken connections do not end the wait.
        """
        return (await self.outcome(session_id, timeout=timeout)).require()

    async def outcome(self, session_id: str, *, timeout: float | None = None) -> Outcome:
        """Wait as :meth:`wait` does, but tell how it ended instead of raising; ``answer`` may be ``None``."""
        return await wait_for_outcome(self._http, self._line(), session_id, timeout=timeout)

    async def respond(
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
        given = {"response": response, "user_id": user_id, "comment": comment, "content_hash": content_hash}
        return await self._change(session_id, "respond", given)

    async def cancel(self, session_id: str, reason: str | None = None) -> Session:
        """Withdraw a question. Cancelling twice is fine; what is closed otherwise is a :class:`Problem`."""
        return await self._change(session_id, "cancel", {"reason": reason})

    async def get(self, session_id: str) -> Session:
        """Read a session as it is now."""
        reply = await self._http.send("GET", session_path(session_id))
        return read_session(reply["session"])

    async def list(self, *, limit: int = 100, **filters: Unpack[Filters]) -> Sequence[Session]:
        """List sessions, at most ``limit``; see ``Filters``. Without any: the open ones, newest first."""
        parameters = as_parameters(filters)
        found: Sequence[Session] = ()
        while len(found) < limit:
            parameters["limit"] = min(limit - len(found), PAGE)
            reply = await self._http.send("GET", "/api/sessions", params=parameters)
            found = [*found, *map(read_session, reply["sessions"])]
            parameters["cursor"] = reply.body.get("next_cursor")
            if parameters["cursor"] is None:
                break
        return found

    def events(self, *, after: str | None = "latest") -> AsyncGenerator[Event, None]:
        """Follow all changes: from now on, after a ``cursor``, or with ``None`` from the oldest kept.

        Goes on by itself after a break, without a hole or a double. Raises :class:`Problem` ``cursor_expired``, and
        :class:`Unreachable` if the server stays away.
        """
        return follow(self._http, after)

    async def download(self, session_id: str, file_id: str) -> bytes:
        """Fetch an uploaded file, named in the answer to a ``file_upload``."""
        return await self._http.download(f"{session_path(session_id)}/files/{quote(file_id, safe='')}")

    async def _answer_to(self, session: Session) -> Answer:
        if not session.is_open:
            return outcome_of(session).require()
        return (await wait_for_outcome(self._http, self._line(), session.session_id, opened=session)).require()

    def _line(self) -> SharedSocket:
        if self._socket is None:
            self._socket = SharedSocket(self._http)
        return self._socket

    async def _change(self, session_id: str, verb: str, given: dict[str, Any]) -> Session:
        body = {key: value for key, value in given.items() if value is not None}
        reply = await self._http.send("POST", f"{session_path(session_id)}/{verb}", body=body)
        return read_session(reply["session"])
