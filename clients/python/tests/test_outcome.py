from __future__ import annotations

from typing import Any

import pytest

from askwell import Cancelled, Failed, NotAskwell, Outcome, TimedOut, Unreachable
from askwell.outcome import outcome_of
from askwell.session import read_session
from wire import SESSION_ID, a_response, a_session, completed, default_used


def outcome(wire: dict[str, Any]) -> Outcome:
    return outcome_of(read_session(wire))


def test_a_persons_answer_is_an_answer() -> None:
    answer = outcome(completed()).require()
    assert answer.data == {"choice": "confirm"}
    assert (answer.source, answer.user_id, answer.comment) == ("person", "li.wei", "Go ahead.")
    assert answer.submitted_at.isoformat() == "2026-11-26T11:03:00+00:00"
    assert answer.session.version == 2


def test_a_default_that_was_asked_for_is_an_answer_and_says_what_it_is() -> None:
    answer = outcome(default_used()).require()
    assert (answer.data, answer.source, answer.user_id) == ({"choice": "cancel"}, "timeout", None)


@pytest.mark.parametrize(
    ("status", "error"), [("timeout", TimedOut), ("cancelled", Cancelled), ("error", Failed), ("pending", TimedOut)]
)
def test_every_other_end_raises_with_the_session(status: str, error: type[Exception]) -> None:
    found = outcome(a_session(status=status, error_message="superseded"))
    assert found.answer is None
    assert found.status == status
    with pytest.raises(error) as raised:
        found.require()
    assert raised.value.session.status == status  # type: ignore[attr-defined]
    assert SESSION_ID in str(raised.value)


@pytest.mark.parametrize("status", ["pending", "active", "timeout", "cancelled", "error"])
@pytest.mark.parametrize("source", ["person", "timeout"])
def test_a_response_without_its_status_is_no_answer(status: str, source: str) -> None:
    assert outcome(a_session(status=status, response=a_response(source=source))).answer is None


def test_a_default_that_nobody_asked_for_is_no_answer() -> None:
    assert outcome(default_used(on_timeout="expire")).answer is None
    assert outcome(default_used(response=None)).answer is None


LIES = {
    "no response": {"response": None},
    "response is text": {"response": "confirm"},
    "another session's response": {"response": a_response(session_id="another")},
    "a default dressed up as a completion": {"response": a_response(source="timeout")},
    "no source": {"response": {k: v for k, v in a_response().items() if k != "source"}},
    "unknown source": {"response": a_response(source="model")},
    "no data": {"response": {k: v for k, v in a_response().items() if k != "response_data"}},
    "no time": {"response": a_response(submitted_at=None)},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_completion_without_an_answer_that_can_be_trusted_raises(lie: dict[str, Any]) -> None:
    with pytest.raises(NotAskwell):
        outcome({**completed(), **lie})


def test_a_timed_out_session_with_a_persons_answer_raises() -> None:
    with pytest.raises(NotAskwell):
        outcome(default_used(response=a_response(source="person")))


def test_neither_an_answer_nor_an_outcome_is_a_yes() -> None:
    found = outcome(completed(response_data={"choice": "cancel"}))
    with pytest.raises(TypeError):
        bool(found)
    with pytest.raises(TypeError):
        bool(found.answer)


def test_a_wait_that_saw_nothing_says_why() -> None:
    with pytest.raises(TimedOut, match="refused") as raised:
        Outcome("abc", None, trouble=Unreachable("refused")).require()
    assert raised.value.session is None
    assert isinstance(raised.value.__cause__, Unreachable)
