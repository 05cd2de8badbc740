"""What the Python clients have in common: orders come as lines of JSON, and so does what came of them."""

import asyncio
import json
import sys

import anyio


class Driven:
    """One connection; a subclass says how its SDK does each thing. The end of the orders closes the connection."""

    def __init__(self, settings: dict):
        self.settings = settings
        self.running: dict[int, asyncio.Task] = {}

    def say(self, **what) -> None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()

    async def obey(self) -> None:
        lines = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while line := await lines.readline():
            order = json.loads(line)
            if order["do"] == "abandon":
                self.abandon(order["call"])
            else:
                self.running[order["id"]] = asyncio.create_task(self.carry_out(order))
        for task in self.running.values():
            task.cancel()
        await asyncio.gather(*self.running.values(), return_exceptions=True)

    def abandon(self, number: int) -> None:
        # Said here: a task that never began has no place to say it.
        if self.running[number].cancel():
            self.say(id=number, error={"code": None, "message": "abandoned by the test"})

    async def carry_out(self, order: dict) -> None:
        number = order["id"]
        try:
            result = await getattr(self, order["do"])(order)
        except Exception as error:
            self.say(id=number, error={"code": self.code(error), "message": str(error)})
        else:
            self.say(id=number, result=plain(result))

    def code(self, error: Exception) -> int | None:
        return getattr(getattr(error, "error", None), "code", None)

    def progress(self, order: dict):
        async def notice(progress: float, total: float | None, message: str | None) -> None:
            self.say(event="progress", id=order["id"], progress=progress, total=total, message=message)

        return notice if order.get("progress") else None


def plain(result) -> object:
    return result.model_dump(mode="json", by_alias=True, exclude_none=True) if hasattr(result, "model_dump") else result


def run(main) -> None:
    try:
        anyio.run(main, json.loads(sys.argv[1]))
    except BaseExceptionGroup as group:
        # What the transport's task group wraps is what the test wants to see.
        leaf: BaseException = group
        while isinstance(leaf, BaseExceptionGroup):
            leaf = leaf.exceptions[0]
        print(json.dumps({"event": "failed", "message": f"{type(leaf).__name__}: {leaf}"}), flush=True)
        sys.exit(1)
