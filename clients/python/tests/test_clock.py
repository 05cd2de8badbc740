from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from askwell import Patience
from askwell.clock import OwnClock
from askwell.session import read_session
from wire import a_session

SESSION = read_session(a_session())
PATIENCE = Patience(retry_for=60, grace=30)


def test_before_anything_is_known_it_stops_like_any_call() -> None:
    assert OwnClock(1000, None, PATIENCE).left(1010) == 50


def test_it_stops_some_grace_after_the_deadline_by_the_servers_time() -> None:
    clock = OwnClock(1000, None, PATIENCE)
    clock.saw(SESSION, SESSION.expires_at - timedelta(seconds=100), 1010)
    assert clock.left(1010) == 130


def test_a_wrong_clock_here_does_not_matter() -> None:
    clock = OwnClock(0, None, PATIENCE)
    clock.saw(SESSION, SESSION.created_at, 5)
    assert clock.left(5) == 1230
    assert abs((SESSION.created_at - datetime.now(timezone.utc)).total_seconds()) > 5


def test_a_deadline_that_moved_moves_it() -> None:
    clock = OwnClock(0, None, PATIENCE)
    clock.saw(SESSION, SESSION.created_at, 0)
    extended = read_session(a_session(expires_at="2026-11-26T12:22:24.384Z"))
    clock.saw(extended, SESSION.created_at, 0)
    assert clock.left(0) == 4830


def test_a_deadline_that_passed_leaves_the_grace() -> None:
    clock = OwnClock(0, None, PATIENCE)
    clock.saw(SESSION, SESSION.expires_at + timedelta(days=1), 0)
    assert clock.left(0) == 30
    assert clock.left(31) == 0


def test_the_callers_timeout_stands() -> None:
    clock = OwnClock(0, 5, PATIENCE)
    clock.saw(SESSION, SESSION.created_at, 1)
    assert clock.left(1) == 4
    assert clock.left(6) == 0


def test_pauses_double_up_to_a_limit_and_spread() -> None:
    patience = Patience(first_retry=1)
    assert [patience.pause(n, 0.999999999, 10) for n in (1, 2, 3, 4, 5, 10_000)] == [
        pytest.approx(pause) for pause in (1, 2, 4, 8, 10, 10)
    ]
    assert patience.pause(3, 0.0, 10) == 2
