"""How what a graph pauses with is asked, and what it is given."""

from __future__ import annotations

from typing import Any

import pytest

from askwell import Answer, NotAskwell, confirmation
from askwell.draft import compose
from askwell.langgraph_shapes import UNTITLED, release, shape_of
from askwell.outcome import outcome_of
from askwell.session import read_session
from wire import completed

INBOX = {
    "action_request": {"action": "scale", "args": {"replicas": 3}},
    "config": {"allow_ignore": True, "allow_respond": True, "allow_edit": True, "allow_accept": True},
    "description": "Scale up?",
}
MIDDLEWARE = {
    "action_requests": [{"name": "scale", "args": {"replicas": 3}}, {"name": "stop", "args": {}}],
    "review_configs": [{"action_name": "scale", "allowed_decisions": ["approve", "edit"]}],
}


def answer(data: Any = None, resume: Any = None) -> Answer:
    return outcome_of(read_session(completed(response_data=data or {"action": "approve"}, resume=resume))).require()


@pytest.mark.parametrize("value", [INBOX, [INBOX], (INBOX,)])
def test_agent_inbox_is_asked_as_it_is_and_gets_its_list(value: Any) -> None:
    shape = shape_of(value)
    assert shape.asked == INBOX
    given = [{"type": "edit", "args": {"action": "scale", "args": {"replicas": 2}}}]
    assert shape.resume(answer(resume=given)) == given


@pytest.mark.parametrize("value", [[INBOX, INBOX], ["Deploy?", INBOX], (INBOX, {}, INBOX)])
def test_a_list_of_several_requests_is_no_yes_or_no(value: Any) -> None:
    with pytest.raises(ValueError, match=f"a list of {len(value)} requests"):
        shape_of(value)


@pytest.mark.parametrize(
    "resume",
    [None, {}, [], "accept", {"type": "accept"}, [{"type": "approve"}], [{}], ["accept"], [{"type": "accept"}] * 2],
)
def test_anything_else_is_no_response_of_agent_inbox(resume: Any) -> None:
    with pytest.raises(NotAskwell):
        shape_of(INBOX).resume(answer(resume=resume))


def test_the_middleware_is_asked_as_it_is_and_gets_a_decision_for_each() -> None:
    shape = shape_of(MIDDLEWARE)
    assert shape.asked == MIDDLEWARE
    given = {"decisions": [{"type": "approve"}, {"type": "reject", "message": "Not now."}]}
    assert shape.resume(answer(resume=given)) == given


@pytest.mark.parametrize(
    "resume",
    [
        None,
        [],
        {},
        {"decisions": []},
        {"decisions": [{"type": "approve"}]},
        {"decisions": [{"type": "approve"}] * 3},
        {"decisions": [{"type": "approve"}, {"type": "accept"}]},
        {"decisions": [{"type": "approve"}, "approve"]},
        {"decisions": {"type": "approve"}},
    ],
)
def test_anything_else_is_no_decision_of_the_middleware(resume: Any) -> None:
    with pytest.raises(NotAskwell):
        shape_of(MIDDLEWARE).resume(answer(resume=resume))


CALL = {
    "type": "tool_approval",
    "tool_call_id": "c1",
    "name": "scale",
    "args": {"replicas": 3},
    "description": "Scale?",
}


def test_one_call_is_asked_as_several_are_and_gets_one_decision() -> None:
    mapping = {"approve": "#/$defs/A", "edit": "#/$defs/E", "reject": "#/$defs/R"}
    shape = shape_of(CALL, {"discriminator": {"propertyName": "type", "mapping": mapping}})
    assert shape.asked == {
        "action_requests": [{"name": "scale", "args": {"replicas": 3}, "description": "Scale?"}],
        "review_configs": [{"action_name": "scale", "allowed_decisions": ["approve", "edit", "reject"]}],
    }
    assert shape.resume(answer(resume={"decisions": [{"type": "approve"}]})) == {"type": "approve"}
    with pytest.raises(NotAskwell):
        shape.resume(answer(resume={"decisions": []}))


@pytest.mark.parametrize(
    ("schema", "allowed"),
    [
        (None, ["approve", "reject"]),
        ({}, ["approve", "reject"]),
        ({"properties": {"type": {"const": "approve"}}}, ["approve"]),
        ({"properties": {"type": {"enum": ["reject"]}}}, ["reject"]),
        (
            {"oneOf": [{"properties": {"type": {"const": kind}}} for kind in ("respond", "reject")]},
            ["reject", "respond"],
        ),
        ({"$defs": {"X": {"properties": {"type": {"const": "edit"}}}}}, ["edit"]),
    ],
)
def test_what_is_allowed_for_one_call_stands_in_the_schema(schema: Any, allowed: list[str]) -> None:
    assert shape_of(CALL, schema).asked["review_configs"][0]["allowed_decisions"] == allowed


def test_a_question_of_ours_is_asked_as_it_is() -> None:
    asked = confirmation("Deploy?", options=["a", "b"])
    shape = shape_of(asked)
    assert shape.asked == asked
    assert shape.resume(answer({"choice": "a"})) == {"choice": "a"}


def test_a_schema_is_what_is_filled_in() -> None:
    schema = {"type": "object", "properties": {"replicas": {"type": "integer"}}}
    shape = shape_of({"question": "How many?", "now": 3}, schema)
    assert shape.asked["interaction_type"] == "custom"
    assert (shape.asked["title"], shape.asked["schema"]) == ("How many?", schema)
    assert shape.asked["data_for_review"] == {"question": "How many?", "now": 3}
    assert shape.resume(answer({"replicas": 2})) == {"replicas": 2}


def test_a_version_is_compared_by_its_numbers() -> None:
    assert release("1.2.9") < release("1.2.20rc1") == (1, 2, 20) < release("1.10.0") < release("2.0")


def test_anything_else_is_a_yes_or_no() -> None:
    shape = shape_of("Deploy?")
    assert shape.asked == confirmation("Deploy?")
    assert shape.resume(answer({"choice": "confirm"})) is True
    assert shape.resume(answer({"choice": "cancel"})) is False
    for data in ("confirm", {"choice": "yes"}, {"choice": True}, {"action": "approve"}, ["confirm"]):
        with pytest.raises(NotAskwell):
            shape.resume(answer(data))


@pytest.mark.parametrize(
    "value",
    [
        {"id": "refund-7", "reason": "It arrived broken.", "amount": 12.5, "customer": "Ann"},
        {"id": 7, "reason": "It arrived broken."},
        {"interrupts": "many"},
        {"interrupts": [{"id": "i1", "reason": "confirmation"}]},
        {"interaction_data": confirmation("Another question?"), "amount": 7},
        {"interaction_type": None, "title": "Deploy?"},
        {"action_request": "refund", "amount": 12.5},
        {"action_request": {"id": 7, "amount": 12.5}},
        {"action_request": None},
        {"action_requests": "many"},
        {"action_requests": ["refund"]},
        {"action_requests": []},
        {"type": "tool_approval"},
        {"type": "tool_approval", "name": 7},
        [{"id": "refund-7", "reason": "It arrived broken."}],
    ],
)
def test_what_only_looks_like_a_shape_is_a_yes_or_no_that_shows_all_of_it(value: Any) -> None:
    shape = shape_of(value)
    body, _ = compose(shape.asked, {"timeout": 60})
    # Wrapped, so that the server takes it for no shape either.
    assert set(body) == {"interaction_data"}
    asked = body["interaction_data"]
    assert (asked["interaction_type"], asked["data_for_review"]) == ("confirmation", value)
    assert shape.resume(answer({"choice": "cancel"})) is False


@pytest.mark.parametrize(
    ("value", "strange"),
    [
        ({**INBOX, "customer": "Ann"}, "customer"),
        ([{**INBOX, "customer": "Ann"}], "customer"),
        ({**INBOX, "interaction_data": confirmation("Another question?")}, "interaction_data"),
        ({**INBOX, **MIDDLEWARE}, "action_requests, review_configs"),
        ({"action_request": {"action": "refund", "args": {}, "amount": 12.5}}, "amount"),
        ({**MIDDLEWARE, "interaction_data": None, "b": 1}, "b, interaction_data"),
        ({"action_requests": [{"name": "refund", "args": {}, "amount": 12.5, 7: 7}]}, "7, amount"),
        ({"type": "tool_approval", "name": "Ann", "amount": 12.5}, "amount"),
    ],
)
def test_a_shape_with_more_than_people_would_see_is_refused(value: Any, strange: str) -> None:
    with pytest.raises(ValueError, match=f"^{strange} beside .* shown to nobody"):
        shape_of(value)


def test_how_the_session_is_opened_may_stand_beside_a_shape() -> None:
    for value in (INBOX, MIDDLEWARE):
        assert shape_of({**value, "timeout": 60, "risk": "low"}).asked == {**value, "timeout": 60, "risk": "low"}


@pytest.mark.parametrize(
    ("value", "title", "shown"),
    [
        ("Deploy?\nVersion 7", "Deploy?", True),
        ("x" * 201, "x" * 199 + "…", True),
        ({"question": "Deploy?", "version": 7}, "Deploy?", True),
        ({"version": 7}, UNTITLED, True),
        (7, UNTITLED, True),
        ("", UNTITLED, True),
        (["Deploy?", "Notify?"], UNTITLED, True),
        ("Deploy?", "Deploy?", False),
    ],
)
def test_a_title_is_found_and_the_whole_is_shown(value: Any, title: Any, shown: bool) -> None:
    asked = shape_of(value).asked
    assert (asked["title"], asked.get("data_for_review")) == (title, value if shown else None)
