"""A session that is not yet opened: what is asked, and everything about it that people do not read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, Union

Asked = Union[Mapping[str, Any], Sequence[Mapping[str, Any]]]
"""What is asked: an ``interaction_data``, or what a framework pauses with. Agent Inbox hands over a list of one."""


class DraftOptions(TypedDict, total=False):
    """How a session is to be opened."""

    timeout: float
    """Seconds until its deadline. Absent: the server's default (300; 1200 for reviews)."""
    on_timeout: Literal["expire", "default"]
    """``default``: the interaction's ``default_value`` stands in for silence, marked ``source="timeout"``."""
    idempotency_key: str
    """Opening again with the same key gives the same session, even after a restart and after it closed."""
    workflow_id: str
    """Whatever groups your sessions."""
    callback_url: str
    """Where the outcome is posted, too; see ``verify_webhook``."""
    metadata: Mapping[str, Any]
    """Yours, at most 16 KiB, given back as it is."""
    tags: Sequence[str]
    priority: Literal["low", "normal", "high", "urgent"]
    risk: Literal["low", "medium", "high"]
    assignee: str
    """The login of whoever should answer. Where the server has accounts, nobody else may."""
    candidates: Sequence[str]
    """Logins and ``group:NAME`` of those who may answer. Nobody named at all: everybody may."""
    on_behalf_of: str
    """The login of the person for whom it is asked: they count as requester, and do not answer it."""
    step_up: Literal["passkey"]
    """Whoever answers signs that with a passkey; only with ``risk="high"``."""
    extendable_seconds: float
    """By how much responders may move the deadline, in all."""


def is_framework_body(asked: Mapping[str, Any]) -> bool:
    """Whether this is what a framework pauses with, which the server takes as it is and answers in its own shape.

    LangGraph's Agent Inbox, LangChain's middleware, or interrupts of AG-UI.
    """
    if "interaction_type" in asked:
        return False
    names = set(asked)
    one_call = asked.get("type") == "tool_approval" and "name" in names
    return one_call or bool({"action_request", "action_requests", "interrupts"} & names) or {"id", "reason"} <= names


def compose(interaction: Asked, options: DraftOptions) -> tuple[Any, str]:
    """Give the body that opens a session, and its idempotency key."""
    unknown = sorted(set(options) - set(DraftOptions.__annotations__))
    if unknown:
        raise TypeError(f"a session is not opened with {', '.join(unknown)}")
    body: dict[str, Any] = {key: value for key, value in options.items() if value is not None}
    # Every draft has a key, so that sending it again after a broken connection never asks people twice.
    key = str(body.pop("idempotency_key", None) or uuid.uuid4())
    if not isinstance(interaction, Mapping):
        # Whether a list has one, and of what, is for the server to say.
        return [_beside(one, body) for one in interaction], key
    asked = dict(interaction)
    if is_framework_body(asked):
        return _beside(asked, body), key
    if "timeout" in body:
        asked["timeout"] = body.pop("timeout")
    return {**body, "interaction_data": asked}, key


def _beside(asked: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    # What the caller says goes before what stands in a value that an agent made.
    own = {name: value for name, value in body.items() if name != "metadata" or name not in asked}
    return {**asked, **own}
