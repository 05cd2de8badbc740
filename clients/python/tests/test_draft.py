from __future__ import annotations

from typing import Any

import pytest

from askwell import DraftOptions, confirmation, custom, file_upload, plan_review, selection, text_input
from askwell.draft import compose
from askwell.review import split


def test_each_kind_gives_the_wires_object() -> None:
    assert confirmation("T", "M") == {"interaction_type": "confirmation", "title": "T", "message": "M"}
    assert selection("T", options=["a"], multiple=True, max_choices=1) == {
        "interaction_type": "selection",
        "title": "T",
        "message": "",
        "options": ["a"],
        "multiple": True,
        "max_choices": 1,
    }
    assert text_input("T", fields=[{"name": "a"}])["fields"] == [{"name": "a"}]
    assert file_upload("T", accept_types=[".md"])["accept_types"] == [".md"]
    assert custom("T", schema={"type": "object"})["schema"] == {"type": "object"}
    review = plan_review("Plan", "Why", {"steps": []}, node_id="n", attempt=2)
    assert review == {
        "interaction_type": "review",
        "title": "Plan",
        "message": "Why",
        "data_for_review": {"steps": []},
        "checkpoint_name": "Plan",
        "node_id": "n",
        "attempt": 2,
    }


def test_what_every_kind_shows() -> None:
    shown = confirmation("T", consequences={"on_timeout": "Nothing."}, default_value="cancel")
    assert shown["consequences"] == {"on_timeout": "Nothing."}
    assert shown["default_value"] == "cancel"


def test_a_misspelt_word_is_refused_here() -> None:
    wrong: Any = {"concequences": {}}
    with pytest.raises(TypeError, match="concequences"):
        confirmation("T", **wrong)
    with pytest.raises(TypeError, match="concequences"):
        compose(confirmation("T"), wrong)


def test_a_plan_has_a_node() -> None:
    nodeless: Any = {"attempt": 2}
    with pytest.raises(TypeError, match="node_id"):
        plan_review("Plan", "Why", **nodeless)
    wrong: Any = {"node_id": "n", "node": "n"}
    with pytest.raises(TypeError, match="takes no node"):
        plan_review("Plan", "Why", **wrong)
    plan, draft = split({"node_id": "n", "title": "T", "timeout": 5, "assignee": "mei"})
    assert (plan, draft) == ({"node_id": "n", "title": "T"}, {"timeout": 5, "assignee": "mei"})


def test_people_are_named_when_it_is_opened() -> None:
    people: DraftOptions = {"assignee": "mei", "candidates": ["omar", "group:ops"], "on_behalf_of": "ann"}
    body, _ = compose(confirmation("T"), {**people, "step_up": "passkey", "risk": "high"})
    assert body == {**people, "step_up": "passkey", "risk": "high", "interaction_data": confirmation("T")}


@pytest.mark.parametrize(
    "asked",
    [
        {"action_request": {"action": "scale"}},
        {"action_requests": [{"name": "scale"}]},
        {"type": "tool_approval", "name": "scale"},
        {"interrupts": [{"id": "i1", "reason": "confirmation"}]},
        {"id": "i1", "reason": "confirmation"},
    ],
)
def test_a_frameworks_own_shape_is_sent_as_it_is(asked: dict[str, Any]) -> None:
    body, _ = compose(asked, {"timeout": 60, "workflow_id": "w"})
    assert body == {**asked, "timeout": 60, "workflow_id": "w"}
    ours = {**asked, "interaction_type": "custom", "title": "T"}
    assert compose(ours, {})[0] == {"interaction_data": ours}


def test_a_list_of_one_of_agent_inbox_is_sent_as_it_is() -> None:
    request: dict[str, Any] = {"action_request": {"action": "scale"}, "config": {"allow_accept": True}}
    body, key = compose([request], {"timeout": 60, "idempotency_key": "k"})
    assert (body, key) == ([{**request, "timeout": 60}], "k")
    # Which the server refuses: a session is one question.
    assert compose([request, request], {})[0] == [request, request]


def test_a_draft_has_a_key_and_its_timeout_where_the_server_looks_for_it() -> None:
    asked = confirmation("T")
    body, key = compose(asked, {"timeout": 60, "risk": "high", "workflow_id": "w"})
    assert body == {"risk": "high", "workflow_id": "w", "interaction_data": {**asked, "timeout": 60}}
    assert "timeout" not in asked, "the caller's own object was changed"
    assert len(key) == 36
    assert compose(asked, {})[1] != key
    assert compose(asked, {"idempotency_key": "release-7"}) == ({"interaction_data": asked}, "release-7")
