from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from askwell.filters import as_parameters


def test_filters_become_parameters() -> None:
    found = as_parameters(
        {"status": ["timeout", "error"], "q": "deploy", "created_after": datetime(2026, 1, 1, tzinfo=timezone.utc)}
    )
    assert found == {"status": ["timeout", "error"], "q": "deploy", "created_after": "2026-01-01T00:00:00+00:00"}


def test_a_time_without_a_zone_and_a_misspelt_filter_are_refused() -> None:
    wrong: Any = {"state": "timeout"}
    with pytest.raises(ValueError, match="time zone"):
        as_parameters({"created_after": datetime(2026, 1, 1)})
    with pytest.raises(TypeError, match="state"):
        as_parameters(wrong)
