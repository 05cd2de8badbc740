"""An agent of the OpenAI Agents SDK that waits for approvals: asks people, and tells its ``RunState``.

>>> result = await Runner.run(agent, "Refund order 7")                     # doctest: +SKIP
>>> while result.interruptions:                                            # doctest: +SKIP
...     state = await settle_async(askwell, result, run_id="order-7")
...     result = await Runner.run(agent, state)

Needs ``askwell[openai-agents]``. Each call of a tool is one session, and each decision is for that call alone: nothing
is ever approved or rejected for good. The SDK cannot run a call with other arguments, so people cannot edit them: they
approve, reject, or send back with instructions, which the model is told in place of the tool's output.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from .blocking import Askwell
from .client import AsyncAskwell
from .draft import DraftOptions
from .errors import NotAskwell
from .interactions import Interaction
from .outcome import Answer
from .review import Review, review_of
from .session import Session
from .several import Drafts, ask_all, key, open_all

try:
    from agents import RunState
    from agents.items import ToolApprovalItem
    from agents.result import RunResultBase
except ImportError as missing:
    raise ImportError("this needs the OpenAI Agents SDK: pip install 'askwell[openai-agents]'") from missing

if TYPE_CHECKING:
    from typing_extensions import Unpack

    Paused = RunResultBase | RunState[Any, Any]

__all__ = ["open_sessions", "open_sessions_async", "settle", "settle_async"]

NAME = 120
"""The most characters of a tool's name in a title."""


def settle(
    client: Askwell, paused: Paused, *, run_id: str, attempt: int = 1, **options: Unpack[DraftOptions]
) -> RunState[Any, Any]:
    """Ask people about every call that waits, and give the state with their decisions, for ``Runner.run``.

    ``paused`` is a result or a ``RunState``. ``run_id`` is your name of this run: after a restart the same call of the
    same run is the same session. ``options`` are ``DraftOptions`` but for ``idempotency_key`` and ``on_timeout``.

    Raises as ``wait`` does if any of them will not be answered, and nothing is then decided; to ask anew what has ended
    without an answer, count up ``attempt``.
    """
    return client._run(lambda face: settle_async(face, paused, run_id=run_id, attempt=attempt, **options))


async def settle_async(
    client: AsyncAskwell, paused: Paused, *, run_id: str, attempt: int = 1, **options: Unpack[DraftOptions]
) -> RunState[Any, Any]:
    """Do as :func:`settle` does."""
    state = _state_of(paused)
    calls, drafts = _drafts(state, run_id, attempt, options)
    # All are read before any is told: what cannot be trusted stops everything.
    reviews = [_review(answer) for answer in await ask_all(client, drafts)]
    for call, review in zip(calls, reviews):
        if review.action == "approve":
            state.approve(call, always_approve=False)
        else:
            state.reject(call, always_reject=False, rejection_message=_said(review))
    return state


def open_sessions(
    client: Askwell, paused: Paused, *, run_id: str, attempt: int = 1, **options: Unpack[DraftOptions]
) -> list[Session]:
    """Ask without waiting, for a process that ends now; :func:`settle` finds these sessions later."""
    return client._run(lambda face: open_sessions_async(face, paused, run_id=run_id, attempt=attempt, **options))


async def open_sessions_async(
    client: AsyncAskwell, paused: Paused, *, run_id: str, attempt: int = 1, **options: Unpack[DraftOptions]
) -> list[Session]:
    """Do as :func:`open_sessions` does."""
    _, drafts = _drafts(_state_of(paused), run_id, attempt, options)
    return await open_all(client, drafts)


def _state_of(paused: Paused) -> RunState[Any, Any]:
    return paused if isinstance(paused, RunState) else cast(Any, paused).to_state()


def _drafts(
    state: RunState[Any, Any], run_id: str, attempt: int, options: DraftOptions
) -> tuple[list[ToolApprovalItem], Drafts]:
    refused = sorted({"idempotency_key", "on_timeout"} & set(options))
    if refused:
        raise TypeError(f"a call is not settled with {', '.join(refused)}: a person answers, once for each call")
    if not run_id:
        raise ValueError("run_id is empty: by it a call is found again")
    calls = state.get_interruptions()
    if not calls:
        raise ValueError("nothing waits here: no interruptions")
    drafts = []
    for call in calls:
        if not call.call_id:
            raise ValueError(f"a call of {call.name} has no id, so its session could not be told from another's")
        draft = {
            "workflow_id": run_id,
            **options,
            # The SDK runs no two calls of one run under one id.
            "idempotency_key": key("openai-agents", run_id, call.call_id, attempt),
        }
        drafts.append((_asked(call), cast(DraftOptions, draft)))
    return calls, drafts


def _asked(call: ToolApprovalItem) -> Interaction:
    name = (call.qualified_name or call.name or "?")[:NAME]
    return {
        "interaction_type": "review",
        "title": {"en": f"Run {name}?", "zh-CN": f"运行 {name}？"},
        "message": {"en": f"{call.agent.name} wants to run it.", "zh-CN": f"{call.agent.name} 请求运行。"},
        # Not "edit": the SDK would run the call as the model wrote it all the same.
        "actions": [
            {"kind": "tool", "target": name, "args": _arguments(call), "allowed": ["approve", "modify", "abort"]}
        ],
    }


def _arguments(call: ToolApprovalItem) -> Any:
    """Give what the tool is called with: read if it is JSON, else as it stands there."""
    text = call.arguments
    if text is None:
        raw = call.raw_item
        return raw if isinstance(raw, dict) else raw.model_dump(mode="json", exclude_none=True)
    try:
        value = json.loads(text)
        json.dumps(value, allow_nan=False)
    except ValueError:
        return text
    return value


def _review(answer: Answer) -> Review:
    review = review_of(answer)
    # Neither was offered: the SDK would run the call as the model wrote it.
    if review.edited is not None or review.decisions:
        raise NotAskwell(f"session {answer.session.session_id} holds a decision about something else than was asked")
    return review


def _said(review: Review) -> str | None:
    """Give what the model is told; ``None`` for the SDK's own words."""
    if review.action == "modify":
        wanted = review.instructions or review.answer.comment or "they did not say which"
        return f"A person did not approve this call, and asks for another one: {wanted}"
    comment = review.answer.comment
    return f"A person rejected this call: {comment}" if comment else None
