"""How a session ended, and the one rule of what counts as an answer.

An answer is what a person gave, or a default that was asked for when the session was opened and is marked as
such. Anything else, known or unknown, is not an answer: this file has no branch in which doubt becomes a yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from .errors import Cancelled, Failed, NotAskwell, TimedOut
from .session import Session, read_time


@dataclass(frozen=True)
class Answer:
    """What a person gave; or, with ``source == "timeout"``, the default that stands in for silence."""

    data: Any
    """The kind's answer, such as ``{"choice": "deploy"}``, as the server validated it."""
    source: str
    """``person`` or ``timeout``."""
    user_id: str | None
    """Who answered; ``None`` with ``source == "timeout"``."""
    comment: str | None
    submitted_at: datetime
    session: Session
    resume: Any = None
    """What a framework goes on with, in its own words; only for what was asked in a framework's shape."""

    def __bool__(self) -> NoReturn:
        # `if client.ask(...)` would be true for a "no", too.
        raise TypeError("an answer is neither true nor false: look at its data")


@dataclass(frozen=True)
class Outcome:
    """Where a session stands when a wait for it is over."""

    session_id: str
    session: Session | None
    """As last seen; ``None`` if it could not be read even once."""
    answer: Answer | None = None
    """Only if there is one."""
    trouble: Exception | None = None
    """Why the server could not be reached, if that is what ended the wait."""

    @property
    def status(self) -> str:
        """Status of the session as last seen, or ``unknown``."""
        return self.session.status if self.session else "unknown"

    def require(self) -> Answer:
        """Give the answer; raise :class:`TimedOut`, :class:`Cancelled` or :class:`Failed` without one."""
        if self.answer is not None:
            return self.answer
        if self.status == "cancelled":
            raise Cancelled(self.session_id, self.session, f"was cancelled: {self._reason()}")
        if self.status == "error":
            raise Failed(self.session_id, self.session, f"failed: {self._reason()}")
        if self.status == "timeout":
            raise TimedOut(self.session_id, self.session, "nobody answered before the deadline")
        message = "nobody had answered when this wait's own clock ran out"
        if self.trouble is not None:
            message += f"; the server could not be asked at the end: {self.trouble}"
        raise TimedOut(self.session_id, self.session, message) from self.trouble

    def __bool__(self) -> NoReturn:
        raise TypeError("an outcome is neither true nor false: look at its answer")

    def _reason(self) -> str:
        return (self.session and self.session.error_message) or "no reason was given"


def outcome_of(session: Session) -> Outcome:
    """Tell how a session ended. :class:`NotAskwell` if it claims an answer that it does not hold."""
    response = session.raw.get("response")
    if session.status == "completed":
        return Outcome(session.session_id, session, _answer(session, response, source="person"))
    asked_for_default = session.raw.get("on_timeout") == "default"
    if session.status == "timeout" and asked_for_default and response is not None:
        return Outcome(session.session_id, session, _answer(session, response, source="timeout"))
    return Outcome(session.session_id, session)


def _answer(session: Session, response: object, source: str) -> Answer:
    try:
        if not isinstance(response, Mapping):
            raise TypeError("no response")
        if response["session_id"] != session.session_id:
            raise ValueError("the response belongs to another session")
        if response["source"] != source:
            raise ValueError(f"source is {response['source']!r}")
        return Answer(
            data=response["response_data"],
            source=source,
            user_id=response.get("user_id"),
            comment=response.get("comment"),
            submitted_at=read_time(response["submitted_at"]),
            session=session,
            resume=response.get("resume"),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise NotAskwell(f"session {session.session_id} holds no answer that can be trusted: {wrong!r}") from wrong
