"""Values of a program as people are shown them, and as JSON writes them: pure.

What is only to be read is given as text where JSON has no word for it. What may come back edited is not: it would come
back as another type than it was, so it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from math import isfinite
from pathlib import PurePath
from typing import Any
from uuid import UUID

AS_TEXT = (UUID, Decimal, Fraction, PurePath, timedelta)


def shown(value: Any, at: str = "") -> Any:
    """Give a value for people to read. ``at`` is where it stands, as a JSON pointer, for the error that names it."""
    if isinstance(value, Enum):
        return shown(value.value, at)
    if isinstance(value, float) and not isfinite(value):
        return json.dumps(value)
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, AS_TEXT):
        return str(value)
    if isinstance(value, Mapping):
        return _named(value, at)
    if isinstance(value, (set, frozenset)):
        # In an order of their own: asked again by another process, it must be the same question.
        return sorted((shown(one, at) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [shown(one, f"{at}/{index}") for index, one in enumerate(value)]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: shown(getattr(value, field.name), f"{at}/{field.name}") for field in fields(value)}
    if hasattr(value, "model_dump") and not isinstance(value, type):
        # Pydantic's, which messages of LangChain are, too.
        return shown(value.model_dump(), at)
    raise TypeError(f"{_place(at)} is {_kind(value)}, which is neither JSON nor a text to show")


def check_json(value: Any, at: str = "") -> None:
    """Raise ``TypeError`` for what JSON cannot write as it is, and name its place."""
    if isinstance(value, dict):
        for key, one in value.items():
            if not (key is None or isinstance(key, (str, int, float))):
                raise TypeError(f"{_place(at)} has a key {_kind(key)}, which JSON cannot write")
            check_json(one, f"{at}/{key}")
    elif isinstance(value, (list, tuple)):
        for index, one in enumerate(value):
            check_json(one, f"{at}/{index}")
    elif isinstance(value, float) and not isfinite(value):
        raise TypeError(f"{_place(at)} is {json.dumps(value)}, which JSON cannot write")
    elif not (value is None or isinstance(value, (str, int, float))):
        raise TypeError(f"{_place(at)} is {_kind(value)}, which JSON cannot write; give it as text")


def _named(value: Mapping[Any, Any], at: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, one in value.items():
        name = shown(key, at)
        if not isinstance(name, str):
            name = json.dumps(name)
        if name in found:
            raise TypeError(f"{_place(at)} has two keys that read {name}, of which JSON would lose one")
        found[name] = shown(one, f"{at}/{name}")
    return found


def _place(at: str) -> str:
    return at or "the value"


def _kind(value: Any) -> str:
    return f"of type {type(value).__name__}"
