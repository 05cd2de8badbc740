"""What a person decided about a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from .draft import DraftOptions
from .errors import NotAskwell
from .interactions import PlanOptions
from .outcome import Answer

ACTIONS = ("abort", "modify", "approve")
"""Strictest first: of several decisions the strictest stands for all."""


class ReviewOptions(PlanOptions, DraftOptions):
    """What is shown beside the plan (``node_id`` is required), and how the session is to be opened."""


def split(options: ReviewOptions) -> tuple[PlanOptions, DraftOptions]:
    """Tell the two apart; what neither knows is refused as an option of the session."""
    plan = {key: value for key, value in options.items() if key in PlanOptions.__annotations__}
    draft = {key: value for key, value in options.items() if key not in plan}
    return cast(PlanOptions, plan), cast(DraftOptions, draft)


@dataclass(frozen=True)
class Review:
    """A person's decision about a plan, or about actions that wait."""

    action: str
    """``approve``, ``modify`` or ``abort``. With several ``decisions``: ``approve`` only if all of them are."""
    instructions: str | None
    """What should change; always there with ``modify`` of a whole plan."""
    step_comments: dict[int, str]
    """Remarks on single steps, by their index."""
    edited: Mapping[str, Any] | None
    """With ``approve``: the complete arguments as the person changed them. Run these, not your own."""
    fields: Mapping[str, Any]
    """Values of the fields that were asked for beside the decision."""
    decisions: tuple[Mapping[str, Any], ...]
    """One for each of several actions, in their order: ``action``, ``edited``, ``comment``."""
    answer: Answer
    """Who said so, when, with what comment."""

    def __bool__(self) -> NoReturn:
        raise TypeError("a review is neither true nor false: look at its action")


def review_of(answer: Answer) -> Review:
    """Read an answer as a review's. :class:`NotAskwell` for anything but the three actions, or if no person gave it."""
    data = answer.data
    if answer.source != "person" or not isinstance(data, Mapping):
        raise NotAskwell(f"session {answer.session.session_id} holds no person's review")
    decisions = tuple(data.get("decisions") or ())
    try:
        given = {decision["action"] for decision in decisions} if decisions else {data["action"]}
        comments = {int(step): str(text) for step, text in (data.get("step_comments") or {}).items()}
        if not given <= set(ACTIONS):
            raise ValueError(f"unknown action in {given}")
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        raise NotAskwell(f"session {answer.session.session_id} holds no review: {wrong!r}") from wrong
    return Review(
        action=next(action for action in ACTIONS if action in given),
        instructions=data.get("modification_instructions"),
        step_comments=comments,
        edited=data.get("edited"),
        fields=data.get("fields") or {},
        decisions=decisions,
        answer=answer,
    )
