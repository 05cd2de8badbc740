"""What a reply means: an answer to the request, a refusal, a failure that passes, or nothing of Askwell's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

from .errors import NotAskwell, problem_of


class Transient(Exception):
    """One try failed in a way that another may not."""

    def __init__(self, cause: Exception, retry_after: float = 0.0):
        super().__init__(str(cause) or type(cause).__name__)
        self.cause = cause
        self.retry_after = retry_after
        """Seconds for which the server asks to be left alone."""


@dataclass(frozen=True)
class RawReply:
    """A reply as it came."""

    request: str
    """Method and address, for messages."""
    is_read: bool
    """Whether the request changed nothing."""
    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True)
class Reply:
    """What the server said, and what time it was there."""

    body: Mapping[str, Any]
    server_time: datetime

    def __getitem__(self, key: str) -> Any:
        """Give what every such reply holds; :class:`NotAskwell` if this one does not."""
        if key not in self.body:
            raise NotAskwell(f"the reply holds no {key}")
        return self.body[key]


def is_transient(status: int, is_read: bool) -> bool:
    """Whether another try is worth while: for a read, after any failure of the server."""
    return status in {408, 429, 502, 503, 504} or (status >= 500 and is_read)


def understand(raw: RawReply) -> Reply:
    """Give what a success says; raise what anything else means, see :func:`refuse`."""
    if raw.status != 200:
        refuse(raw)
    body = _object(raw.content)
    if body is None or body.get("success") is not True:
        raise NotAskwell(f"{raw.request}: the reply is not one of Askwell's")
    return Reply(body, _server_time(raw.headers))


def refuse(raw: RawReply) -> NoReturn:
    """Raise what a reply that is no success means: :class:`Problem`, :class:`Transient` or :class:`NotAskwell`."""
    body = _object(raw.content)
    if is_transient(raw.status, raw.is_read):
        raise Transient(problem_of(raw.status, body or {}), _retry_after(raw.headers))
    if body is None or "code" not in body:
        raise NotAskwell(f"{raw.request}: HTTP {raw.status}, and not from Askwell")
    raise problem_of(raw.status, body)


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _retry_after(headers: Mapping[str, str]) -> float:
    value = headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0


def _server_time(headers: Mapping[str, str]) -> datetime:
    try:
        return parsedate_to_datetime(headers["Date"]).astimezone(timezone.utc)
    except (KeyError, TypeError, ValueError, IndexError):
        return datetime.now(timezone.utc)
