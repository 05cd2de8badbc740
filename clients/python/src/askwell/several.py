"""Asks several questions at once, and goes on only with all of their answers."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .draft import DraftOptions
from .ending import end
from .interactions import Interaction
from .outcome import Answer
from .session import Session

if TYPE_CHECKING:
    from .client import AsyncAskwell

Drafts = Sequence[tuple[Interaction, DraftOptions]]
KEY = 200
"""The most characters of a key that is given as its parts."""


def key(*parts: object) -> str:
    """Give an idempotency key that is the same for the same parts, however long they are."""
    text = ":".join(map(str, parts))
    return text if len(text) <= KEY else f"{parts[0]}:{hashlib.sha256(repr(parts).encode()).hexdigest()}"


async def open_all(client: AsyncAskwell, drafts: Drafts) -> list[Session]:
    """Open a session for each, in their order. Each has its key, so that doing it again finds those there are."""
    return [await client.open(asked, **options) for asked, options in drafts]


async def ask_all(client: AsyncAskwell, drafts: Drafts) -> list[Answer]:
    """Open all of them and give all answers, in their order.

    The first that will not be answered raises as ``wait`` does, and the others stay open: an answer to some of them is
    an answer to none.
    """
    sessions = await open_all(client, drafts)
    waits = [asyncio.ensure_future(client._answer_to(session)) for session in sessions]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_EXCEPTION)
        for wait in waits:
            if wait.done():
                wait.result()
        return [wait.result() for wait in waits]
    finally:
        await end(wait for wait in waits if not wait.done())
