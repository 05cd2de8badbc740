"""What people see of a program's values, and what is refused instead."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest

from askwell.showing import check_json, shown


class Level(IntEnum):
    HIGH = 3


class Tier(Enum):
    GOLD = Decimal("1.10")


@dataclass
class Order:
    number: int
    due: date


class Model:
    """Like one of Pydantic's."""

    def model_dump(self) -> dict[str, Any]:
        return {"due": date(2026, 11, 27)}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 11, 27, 8, tzinfo=timezone.utc), "2026-11-27T08:00:00+00:00"),
        (date(2026, 11, 27), "2026-11-27"),
        (time(8, 30), "08:30:00"),
        (timedelta(hours=1), "1:00:00"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (Decimal("12.50"), "12.50"),
        (Fraction(1, 3), "1/3"),
        (PurePosixPath("/srv"), "/srv"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (Level.HIGH, 3),
        (Tier.GOLD, "1.10"),
        ({"b", "a", "c"}, ["a", "b", "c"]),
        (frozenset({date(2026, 11, 27)}), ["2026-11-27"]),
        ((1, (True, None)), [1, [True, None]]),
        (OrderedDict(a=MappingProxyType({"b": {1}})), {"a": {"b": [1]}}),
        (Order(7, date(2026, 11, 27)), {"number": 7, "due": "2026-11-27"}),
        ([Model()], [{"due": "2026-11-27"}]),
        (
            {1: "a", None: "b", date(2026, 11, 27): "c", (1, 2): "d"},
            {"1": "a", "null": "b", "2026-11-27": "c", "[1, 2]": "d"},
        ),
    ],
)
def test_what_json_has_no_word_for_is_text(value: Any, text: Any) -> None:
    for at, expected in ((value, text), ({"a": [value]}, {"a": [text]})):
        assert json.dumps(shown(at), allow_nan=False) == json.dumps(expected)
        check_json(shown(at))


@pytest.mark.parametrize("value", [{"a": [1, 2.5, "3", True, None]}, [], {}, "x", 10**30])
def test_what_is_json_stays_what_it_is(value: Any) -> None:
    assert json.dumps(shown(value)) == json.dumps(value)
    check_json(value)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (object(), "^the value is of type object"),
        ({"a": [0, b"x"]}, "^/a/1 is of type bytes"),
        ({"a": Order}, "^/a is of type type"),
        ({"a": {1: "x", "1": "y"}}, "^/a has two keys that read 1"),
    ],
)
def test_what_has_no_text_is_refused_with_its_place(value: Any, why: str) -> None:
    with pytest.raises(TypeError, match=why):
        shown(value)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"a": (0, date(2026, 11, 27))}, "^/a/1 is of type date, .* as text"),
        ({"a": float("nan")}, "^/a is NaN"),
        ({"a": {(1, 2): 3}}, "^/a has a key of type tuple"),
        (MappingProxyType({}), "^the value is of type mappingproxy"),
    ],
)
def test_what_may_come_back_is_json_already(value: Any, why: str) -> None:
    with pytest.raises(TypeError, match=why):
        check_json(value)
