"""A session as the server tells of it, read strictly: what cannot be understood is no session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .errors import Finding, NotAskwell

OPEN = frozenset({"pending", "active"})
CLOSED = frozenset({"completed", "timeout", "cancelled", "error"})


@dataclass(frozen=True)
class Session:
    """One question to people, from open to closed."""

    session_id: str
    status: str
    """``pending`` and ``active`` are open; ``completed``, ``timeout``, ``cancelled``, ``error`` are for good."""
    version: int
    """Counts the session's changes from 1."""
    content_hash: str
    """SHA-256 of everything that is shown and of what may be answered. Never changes."""
    created_at: datetime
    expires_at: datetime
    """The deadline. Moves only if it was opened with ``extendable_seconds``."""
    closed_at: datetime | None
    workflow_id: str | None
    error_message: str | None
    """Why it was cancelled or failed."""
    interaction_data: Mapping[str, Any]
    """What is asked."""
    raw: Mapping[str, Any] = field(repr=False)
    """All of it, as it came."""
    warnings: tuple[Finding, ...] = ()
    """What the server ignored when it was opened."""

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered, as far as this snapshot knows."""
        return self.status in OPEN


def read_session(value: object, warnings: object = None) -> Session:
    """Make a :class:`Session` of the wire's object; :class:`NotAskwell` if it is none."""
    try:
        if not isinstance(value, Mapping):
            raise TypeError("no object")
        status = value["status"]
        if status not in OPEN | CLOSED:
            raise ValueError(f"unknown status {status!r}")
        closed_at = value.get("closed_at")
        return Session(
            session_id=_text(value["session_id"]),
            status=status,
            version=int(value["version"]),
            content_hash=_text(value["content_hash"]),
            created_at=read_time(value["created_at"]),
            expires_at=read_time(value["expires_at"]),
            closed_at=None if closed_at is None else read_time(closed_at),
            workflow_id=value.get("workflow_id"),
            error_message=value.get("error_message"),
            interaction_data=value["interaction_data"],
            raw=value,
            warnings=_findings(warnings),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise NotAskwell(f"not a session: {wrong!r}") from wrong


def read_time(value: object) -> datetime:
    """Read RFC 3339; ``ValueError`` without an offset, because then the instant is unknown."""
    # Python before 3.11 knows no "Z", and only three or six digits of a second.
    text = _text(value).replace("Z", "+00:00")
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{value!r} has no offset")
    return time.astimezone(timezone.utc)


def _findings(warnings: object) -> tuple[Finding, ...]:
    if not isinstance(warnings, list):
        return ()
    return tuple(Finding(w.get("pointer"), str(w.get("code")), str(w.get("detail"))) for w in warnings)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"expected text, got {value!r}")
    return value
