from __future__ import annotations

from typing import Any

import pytest

from askwell import NotAskwell
from askwell.session import read_session, read_time
from wire import a_session


def test_a_session_is_read() -> None:
    session = read_session(a_session(metadata={"a": 1}), [{"pointer": "/x", "code": "unknown_key", "detail": "x"}])
    assert session.is_open
    assert (session.expires_at - session.created_at).total_seconds() == 1200
    assert session.raw["metadata"] == {"a": 1}
    assert [(w.pointer, w.code) for w in session.warnings] == [("/x", "unknown_key")]


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        "x",
        {},
        a_session(status="approved"),
        a_session(status=None),
        a_session(expires_at="soon"),
        a_session(session_id=""),
        a_session(version="x"),
        a_session(created_at="2026-11-26T11:02:24"),
    ],
)
def test_what_cannot_be_understood_is_no_session(wrong: Any) -> None:
    with pytest.raises(NotAskwell):
        read_session(wrong)


def test_times_are_instants() -> None:
    assert read_time("2026-11-26T19:02:24+08:00") == read_time("2026-11-26T11:02:24Z")
    with pytest.raises(ValueError, match="offset"):
        read_time("2026-11-26T11:02:24")
