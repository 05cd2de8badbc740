"""What can go wrong. Every error of this package is an :class:`AskwellError`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .session import Session


class AskwellError(Exception):
    """Whatever this package raises, but for wrong use of it (``TypeError``, ``ValueError``)."""


@dataclass(frozen=True)
class Finding:
    """One mistake in a request: where it is, and what it is."""

    pointer: str | None
    """JSON pointer into the request's body; ``None`` for a query parameter."""
    code: str
    """Stable name of the mistake, as in the server's reference of errors."""
    detail: str
    """One sentence in the language of the caller."""


class Problem(AskwellError):
    """The server refused a request, and said why (RFC 9457)."""

    def __init__(self, status: int, body: Mapping[str, Any]):
        self.status = status
        """HTTP status."""
        self.body = body
        """The whole body, as it came."""
        self.code = str(body.get("code") or "unknown")
        """Stable name of the problem, such as ``session_closed``."""
        self.title = str(body.get("title") or "")
        self.detail = str(body.get("detail") or body.get("error") or "")
        self.request_id: str | None = body.get("request_id")
        """Finds this request in the server's log."""
        self.errors: tuple[Finding, ...] = tuple(
            Finding(error.get("pointer"), str(error.get("code")), str(error.get("detail")))
            for error in body.get("errors") or ()
        )
        """Every mistake that was found, not only the first."""
        places = "".join(f"\n  {error.pointer}: {error.detail} ({error.code})" for error in self.errors)
        super().__init__(f"{status} {self.code}: {self.title} {self.detail}{places}")


class AuthenticationError(Problem):
    """The server does not know who asks (401): there is no token, or it is wrong, expired or revoked.

    Raised at once, also in the middle of a wait: asking again with the same token would change nothing.
    """


class ForbiddenError(Problem):
    """The server knows who asks, and they may not do that (403). ``code`` says more, such as ``step_up_required``."""


def problem_of(status: int, body: Mapping[str, Any]) -> Problem:
    """Give the kind of problem that a refusal is."""
    return {401: AuthenticationError, 403: ForbiddenError}.get(status, Problem)(status, body)


class Unreachable(AskwellError):
    """No usable answer from the server for as long as the client was to try. The cause is chained."""


class NotAskwell(AskwellError):
    """A reply that is not one of Askwell's: a wrong address, or something in between. Never an answer."""


class InvalidSignature(AskwellError):
    """A callback that is not the server's, was changed on its way, or is too old."""


class Unanswered(AskwellError):
    """The wait is over and no person answered. What that means is for the caller to decide."""

    def __init__(self, session_id: str, session: Session | None, message: str):
        super().__init__(f"session {session_id}: {message}")
        self.session_id = session_id
        self.session = session
        """The session as last seen; ``None`` if it could not be read even once."""


class TimedOut(Unanswered):
    """Its deadline passed; or this wait's own clock stopped it.

    In the second case ``session.is_open`` (or ``session is None``), and waiting again with the same id is fine.
    """


class Cancelled(Unanswered):
    """Somebody cancelled it. The reason is ``session.error_message``."""


class Failed(Unanswered):
    """The server itself could not go on with it."""
