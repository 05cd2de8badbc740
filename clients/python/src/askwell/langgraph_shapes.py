"""What interrupts hold, and how it is asked: pure, and without LangGraph.

A value of Agent Inbox or of LangChain's middleware is posted as it is, and the server answers in that shape. Anything
else is asked for a yes or no, because a graph that tests what it is given must not take a "no" for something. Nothing
is guessed: AG-UI's interrupts, which any value with an ``id`` and a ``reason`` looks like, are not for graphs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from .draft import DraftOptions
from .errors import NotAskwell
from .interactions import Interaction, Text, confirmation, custom
from .outcome import Answer
from .showing import shown

TITLE = 200
"""The most characters that a title has."""
UNTITLED: Text = {"en": "An agent asks for a decision", "zh-CN": "智能体请求决定"}
OPTIONS = frozenset(DraftOptions.__annotations__)
"""What may stand beside a shape: how the session is opened."""
INBOX = frozenset({"accept", "edit", "response", "ignore"})
"""What Agent Inbox answers with."""
DECISIONS = ("approve", "edit", "reject", "respond")
"""What LangChain's middleware knows."""


@dataclass(frozen=True)
class Shape:
    """How a value is asked, and what becomes of the answer."""

    asked: Interaction
    resume: Callable[[Answer], Any]


def release(version: str) -> tuple[int, ...]:
    """Give the numbers that a version begins with: of ``1.2.20rc1`` these are 1, 2, 20."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def shape_of(value: Any, schema: Mapping[str, Any] | None = None) -> Shape:
    """Say how an interrupt's value is asked. ``schema`` is the JSON Schema of what it wants, where it says so."""
    # Agent Inbox passes a list of one, and takes a list of one back.
    if isinstance(value, (list, tuple)) and any(map(_is_inbox, value)):
        if len(value) > 1:
            raise ValueError(f"a list of {len(value)} requests of Agent Inbox: pause once for each, in a list of one")
        value = value[0]
    if isinstance(value, Mapping):
        if isinstance(value.get("interaction_type"), str):
            return Shape(dict(value), lambda answer: answer.data)
        if _is_inbox(value):
            _holds_only(value, "action_request", "config", "description", *OPTIONS)
            _holds_only(value["action_request"], "action", "args")
            return Shape(dict(value), _inbox_answer)
        if _is_middleware(value):
            _holds_only(value, "action_requests", "review_configs", *OPTIONS)
            for request in value["action_requests"]:
                _holds_only(request, "name", "args", "description")
            count = len(value["action_requests"])
            return Shape(dict(value), lambda answer: {"decisions": _decisions(answer, count)})
        if value.get("type") == "tool_approval" and isinstance(value.get("name"), str):
            _holds_only(value, "type", "tool_call_id", "name", "args", "description")
            return Shape(_one_call(value, schema), lambda answer: _decisions(answer, 1)[0])
    if schema is not None:
        return Shape(custom(_title(value), schema=schema, data_for_review=shown(value)), lambda answer: answer.data)
    data: Any = {} if isinstance(value, str) and value == _title(value) else {"data_for_review": shown(value)}
    return Shape(confirmation(_title(value), **data), _yes_or_no)


def _is_inbox(value: Any) -> bool:
    request = value.get("action_request") if isinstance(value, Mapping) else None
    return isinstance(request, Mapping) and isinstance(request.get("action"), str)


def _is_middleware(value: Mapping[str, Any]) -> bool:
    requests = value.get("action_requests")
    return (
        isinstance(requests, (list, tuple))
        and len(requests) > 0
        and all(isinstance(request, Mapping) and isinstance(request.get("name"), str) for request in requests)
    )


def _holds_only(value: Mapping[str, Any], *names: str) -> None:
    """Refuse what the inbox would not show: a person would decide about something else than the graph asks."""
    strange = sorted(map(str, set(value) - set(names)))
    if strange:
        raise ValueError(
            f"{', '.join(strange)} beside {names[0]} would be shown to nobody: leave it out, or say by asks= how to ask"
        )


def _one_call(value: Mapping[str, Any], schema: Mapping[str, Any] | None) -> Interaction:
    """Give LangChain's question about one call as the one about several, which says what is allowed."""
    # In this mode only the schema of the answer tells; without it nothing may be changed.
    allowed = [one for one in DECISIONS if one in _discriminators(schema or {})] or ["approve", "reject"]
    request = {name: value[name] for name in ("name", "args", "description") if name in value}
    config = {"action_name": value["name"], "allowed_decisions": allowed}
    return {"action_requests": [request], "review_configs": [config]}


def _discriminators(schema: Mapping[str, Any]) -> set[str]:
    """Give every constant that a ``type`` may have."""
    branches = [schema, *(schema.get("$defs") or {}).values(), *(schema.get("oneOf") or schema.get("anyOf") or [])]
    found = set((schema.get("discriminator") or {}).get("mapping") or {})
    for branch in branches:
        kind = ((branch.get("properties") or {}).get("type") or {}) if isinstance(branch, Mapping) else {}
        found |= {str(one) for one in kind.get("enum") or [kind.get("const")]}
    return found


def _given(answer: Answer) -> Any:
    if answer.resume is None:
        raise _nothing(answer, "no value to resume with; the server may be too old")
    return answer.resume


def _inbox_answer(answer: Answer) -> Any:
    resume = _given(answer)
    if not (isinstance(resume, list) and len(resume) == 1 and isinstance(resume[0], Mapping)):
        raise _nothing(answer, "not one response")
    if resume[0].get("type") not in INBOX:
        raise _nothing(answer, f"a response of type {resume[0].get('type')!r}")
    return resume


def _decisions(answer: Answer, count: int) -> list[Any]:
    resume = _given(answer)
    decisions = resume.get("decisions") if isinstance(resume, Mapping) else None
    if not (isinstance(decisions, list) and len(decisions) == count):
        raise _nothing(answer, f"not {count} decisions")
    for decision in decisions:
        if not (isinstance(decision, Mapping) and decision.get("type") in DECISIONS):
            raise _nothing(answer, "a decision that is none")
    return decisions


def _yes_or_no(answer: Answer) -> bool:
    choice = answer.data.get("choice") if isinstance(answer.data, Mapping) else None
    if choice not in ("confirm", "cancel"):
        raise _nothing(answer, f"neither yes nor no: {choice!r}")
    return bool(choice == "confirm")


def _nothing(answer: Answer, why: str) -> NotAskwell:
    return NotAskwell(f"session {answer.session.session_id} holds nothing that a graph could go on with: {why}")


def _title(value: Any) -> Text:
    if isinstance(value, Mapping):
        texts = (value.get(name) for name in ("title", "question", "message", "description", "prompt"))
        value = next((text for text in texts if isinstance(text, str) and text.strip()), "")
    first = str(value).strip().splitlines()[0].strip() if isinstance(value, str) and value.strip() else ""
    if not first:
        return UNTITLED
    return first if len(first) <= TITLE else first[: TITLE - 1] + "…"
