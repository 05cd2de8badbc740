from __future__ import annotations

import asyncio

from askwell.ending import end
from scenario import scenario


@scenario
async def test_a_task_that_swallows_its_cancellation_ends_all_the_same() -> None:
    swallowed = []
    started = asyncio.Event()

    async def stubborn() -> None:
        started.set()
        for _ in range(3):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed.append(1)
        await asyncio.Event().wait()

    task = asyncio.create_task(stubborn())
    await started.wait()
    await end([task, asyncio.create_task(asyncio.Event().wait())])
    assert task.cancelled()
    assert len(swallowed) == 3
