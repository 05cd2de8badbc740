"""A LangGraph graph that is paused at ``interrupt(…)``: asks people, and gives the ``Command`` that it goes on with.

>>> result = graph.invoke({"topic": "cats"}, config)                        # doctest: +SKIP
>>> while interrupts_of(result):                                            # doctest: +SKIP
...     result = graph.invoke(resume_command(askwell, result, config), config)

Needs ``askwell[langgraph]``. A paused graph is asked about once, whatever happens to the process: the same interrupt of
the same thread is the same session. What ends without an answer raises, and the graph stays paused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Callable, cast

from . import langgraph_shapes as shapes
from .blocking import Askwell
from .client import AsyncAskwell
from .draft import DraftOptions
from .errors import NotAskwell
from .interactions import Interaction
from .outcome import Answer
from .session import Session
from .several import ask_all, key, open_all
from .showing import check_json

NEEDED = (1, 2, 20)
"""The first that tells the interrupts of one node apart; before, a second one would have had the first one's answer."""

try:
    from langgraph.types import Command, Interrupt
except ImportError as missing:
    raise ImportError("this needs LangGraph: pip install 'askwell[langgraph]'") from missing
if shapes.release(version("langgraph")) < NEEDED:
    raise ImportError(f"LangGraph {version('langgraph')} is too old, take 1.2.20: pip install -U 'askwell[langgraph]'")

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
    "interrupts_of",
    "open_sessions",
    "open_sessions_async",
    "resume_command",
    "resume_command_async",
]

Asks = Callable[[Interrupt], "Interaction | None"]
"""Says how an interrupt is asked, for values that this module does not know; ``None`` for the usual way."""


def interrupts_of(paused: Any) -> tuple[Interrupt, ...]:
    """Give what a graph waits for: of a result, of ``graph.get_state(config)``, or the interrupts themselves."""
    found = paused.get("__interrupt__") if isinstance(paused, Mapping) else getattr(paused, "interrupts", paused)
    interrupts = tuple(found) if isinstance(found, Sequence) and not isinstance(found, (str, bytes)) else ()
    return tuple(one for one in interrupts if isinstance(one, Interrupt))


def resume_command(
    client: Askwell,
    paused: Any,
    config: Mapping[str, Any],
    *,
    asks: Asks | None = None,
    attempt: int = 1,
    **options: Unpack[DraftOptions],
) -> Command[Any]:
    """Ask people about every interrupt, wait, and give the ``Command(resume=…)`` that the graph goes on with.

    ``paused`` is a result or ``graph.get_state(config)``, ``config`` holds the ``thread_id``, ``options`` are
    ``DraftOptions`` but for ``idempotency_key`` and ``on_timeout``. Raises as ``wait`` does if any of them will not be
    answered; to ask anew what has ended without an answer, count up ``attempt``.
    """
    return client._run(
        lambda face: resume_command_async(face, paused, config, asks=asks, attempt=attempt, **options),
    )


async def resume_command_async(
    client: AsyncAskwell,
    paused: Any,
    config: Mapping[str, Any],
    *,
    asks: Asks | None = None,
    attempt: int = 1,
    **options: Unpack[DraftOptions],
) -> Command[Any]:
    """Do as :func:`resume_command` does."""
    questions = _questions(paused, config, asks, attempt, options)
    answers = await ask_all(client, [(question.asked, question.options) for question in questions])
    return Command(resume={question.id: question.read(answer) for question, answer in zip(questions, answers)})


def open_sessions(
    client: Askwell,
    paused: Any,
    config: Mapping[str, Any],
    *,
    asks: Asks | None = None,
    attempt: int = 1,
    **options: Unpack[DraftOptions],
) -> list[Session]:
    """Ask without waiting, for a process that ends now; :func:`resume_command` finds these sessions later."""
    return client._run(
        lambda face: open_sessions_async(face, paused, config, asks=asks, attempt=attempt, **options),
    )


async def open_sessions_async(
    client: AsyncAskwell,
    paused: Any,
    config: Mapping[str, Any],
    *,
    asks: Asks | None = None,
    attempt: int = 1,
    **options: Unpack[DraftOptions],
) -> list[Session]:
    """Do as :func:`open_sessions` does."""
    questions = _questions(paused, config, asks, attempt, options)
    return await open_all(client, [(question.asked, question.options) for question in questions])


@dataclass(frozen=True)
class _Question:
    """One interrupt, as it is asked."""

    id: str
    asked: Interaction
    options: DraftOptions
    resume: Callable[[Answer], Any]

    def read(self, answer: Answer) -> Any:
        """Give the value that the interrupt returns; :class:`NotAskwell` for whatever no person gave."""
        if answer.source != "person":
            raise NotAskwell(f"session {answer.session.session_id} holds no person's answer")
        return self.resume(answer)


def _questions(
    paused: Any, config: Mapping[str, Any], asks: Asks | None, attempt: int, options: DraftOptions
) -> list[_Question]:
    refused = sorted({"idempotency_key", "on_timeout"} & set(options))
    if refused:
        raise TypeError(f"a graph does not resume with {', '.join(refused)}: a person answers, once for each interrupt")
    thread = (config.get("configurable") or {}).get("thread_id")
    if not thread:
        raise ValueError("config needs configurable.thread_id: by it a paused graph is found again")
    interrupts = interrupts_of(paused)
    if not interrupts:
        raise ValueError("nothing is paused here: no interrupts")
    return [_question(one, str(thread), asks, attempt, options) for one in interrupts]


def _question(interrupt: Interrupt, thread: str, asks: Asks | None, attempt: int, options: DraftOptions) -> _Question:
    own = asks(interrupt) if asks else None
    schema = getattr(interrupt, "response_schema", None)
    try:
        if own is not None:
            shape = shapes.Shape(own, lambda answer: answer.data)
        else:
            shape = shapes.shape_of(interrupt.value, schema if isinstance(schema, Mapping) else None)
        check_json(shape.asked)
    except (TypeError, ValueError) as wrong:
        kind = TypeError if isinstance(wrong, TypeError) else ValueError
        raise kind(f"interrupt {interrupt.id}: {wrong}") from wrong
    draft = {
        "workflow_id": thread,
        **options,
        # Deterministic: a process that comes back finds the session that is already open, or answered.
        "idempotency_key": key("langgraph", thread, interrupt.id, attempt),
    }
    return _Question(interrupt.id, shape.asked, cast(DraftOptions, draft), shape.resume)
