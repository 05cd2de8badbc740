from __future__ import annotations

from typing import Any

import pytest

from askwell import NotAskwell, Review, review_of
from askwell.outcome import outcome_of
from askwell.session import read_session
from wire import completed, default_used


def review(wire: dict[str, Any]) -> Review:
    return review_of(outcome_of(read_session(wire)).require())


def of(data: Any) -> Review:
    return review(completed(response_data=data))


def test_modify_carries_what_should_change() -> None:
    found = of({"action": "modify", "modification_instructions": "Shorter.", "step_comments": {"2": "Drop it"}})
    assert (found.action, found.instructions, found.step_comments) == ("modify", "Shorter.", {2: "Drop it"})
    assert found.answer.user_id == "li.wei"


def test_approve_carries_what_was_edited() -> None:
    found = of({"action": "approve", "edited": {"replicas": 2}, "fields": {"owner": "ops"}})
    assert (found.action, found.edited, found.fields) == ("approve", {"replicas": 2}, {"owner": "ops"})


@pytest.mark.parametrize(
    ("actions", "overall"),
    [
        (["approve", "approve"], "approve"),
        (["approve", "modify"], "modify"),
        (["modify", "abort", "approve"], "abort"),
    ],
)
def test_of_several_decisions_the_strictest_stands(actions: list[str], overall: str) -> None:
    found = of({"decisions": [{"action": action} for action in actions]})
    assert found.action == overall
    assert [decision["action"] for decision in found.decisions] == actions


@pytest.mark.parametrize(
    "data",
    [
        None,
        "approve",
        [],
        {},
        {"action": None},
        {"action": "Approve"},
        {"action": "yes"},
        {"action": ["approve"]},
        {"decisions": []},
        {"decisions": ["approve"]},
        {"decisions": [{"action": "approve"}, {}]},
        {"decisions": [{"action": "approve"}, {"action": "ok"}]},
        {"action": "approve", "step_comments": {"x": ""}},
    ],
)
def test_whatever_else_is_never_an_approval(data: Any) -> None:
    with pytest.raises(NotAskwell):
        of(data)


def test_silence_is_never_an_approval() -> None:
    wire = default_used()
    wire["response"]["response_data"] = {"action": "approve"}
    with pytest.raises(NotAskwell):
        review(wire)


def test_a_review_is_not_a_yes() -> None:
    with pytest.raises(TypeError):
        bool(of({"action": "abort"}))
