"""Which sessions to list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict

PAGE = 500
"""The most that one page of a list holds."""


class Filters(TypedDict, total=False):
    """All of them must fit. Without any: the open sessions, newest first."""

    status: str | Sequence[str]
    """One or several statuses, or ``all``."""
    interaction_type: str
    workflow_id: str
    """Alone, it lists all statuses of that workflow."""
    assignee: str
    tag: str
    q: str
    """Text in title or message."""
    created_after: datetime
    created_before: datetime
    sort: Literal["-created_at", "created_at", "expires_at", "-updated_at"]


def as_parameters(filters: Filters) -> dict[str, Any]:
    """Give the query's parameters."""
    unknown = sorted(set(filters) - set(Filters.__annotations__))
    if unknown:
        raise TypeError(f"sessions are not listed by {', '.join(unknown)}")
    parameters: dict[str, Any] = {}
    for name, value in filters.items():
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError(f"{name} needs a time zone")
            parameters[name] = value.isoformat()
        elif isinstance(value, str):
            parameters[name] = value
        elif value is not None:
            parameters[name] = list(value)  # type: ignore[call-overload]
    return parameters
