from __future__ import annotations

import json

import pytest

from askwell import NotAskwell
from askwell.feed import StreamReader, read_event
from wire import a_session


def event(cursor: str, **session: object) -> dict[str, object]:
    at = "2026-11-26T11:02:24.384Z"
    return {"cursor": cursor, "type": "opened", "at": at, "version": 1, "session": a_session(**session)}  # type: ignore[arg-type]


def framed(number: int) -> bytes:
    data = json.dumps(event(str(number), workflow_id="夜"), ensure_ascii=False)
    return f"id: {number}\r\nevent: opened\r\ndata: {data}\r\n\r\n".encode()


STREAM = b": hello\n\n" + b"".join(map(framed, range(3)))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100_000])
def test_events_are_read_however_the_bytes_are_cut(size: int) -> None:
    reader = StreamReader()
    found = [e for at in range(0, len(STREAM), size) for e in reader.feed(STREAM[at : at + size])]
    assert [e.cursor for e in found] == ["0", "1", "2"]
    assert all(e.session.workflow_id == "夜" for e in found)


def test_a_comment_and_half_an_event_are_nothing_yet() -> None:
    reader = StreamReader()
    assert reader.feed(b": keep-alive\n\n") == []
    assert reader.feed(STREAM[:-2]) != []
    assert [e.cursor for e in reader.feed(b"\r\n")] == ["2"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "1", '{"cursor": "1"}'])
def test_what_is_no_event_raises(text: str) -> None:
    with pytest.raises(NotAskwell):
        read_event(text)
