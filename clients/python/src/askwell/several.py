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


def key(helper: str, run: str, *parts: object) -> str:
    """Give an idempotency key: the same for the same parts, another for any others, however long they are."""
    # Only the run keeps its colons: a key is then read in one way, and those that are in use stay what they are.
    escaped = [str(part).replace("%", "%25").replace(":", "%3A") for part in parts]
    text = ":".join([helper, run, *escaped])
    if len(text) <= KEY:
        return text
    return f"{helper}:{hashlib.sha256(repr((helper, run, *parts)).encode()).hexdigest()}"


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
