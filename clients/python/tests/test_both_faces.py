"""The two clients are one: the same methods, with the same arguments and words."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from askwell import Askwell, AsyncAskwell


def methods(client: type) -> dict[str, object]:
    return {name: method for name, method in vars(client).items() if callable(method) and not name.startswith("_")}


def test_they_have_the_same_methods() -> None:
    assert list(methods(Askwell)) == list(methods(AsyncAskwell))
    assert inspect.signature(Askwell).parameters == inspect.signature(AsyncAskwell).parameters


@pytest.mark.parametrize("name", [name for name in methods(AsyncAskwell) if name != "close"])
def test_a_method_has_the_same_arguments_and_words(name: str) -> None:
    blocking, asynchronous = getattr(Askwell, name), getattr(AsyncAskwell, name)
    assert inspect.signature(blocking).parameters == inspect.signature(asynchronous).parameters
    assert blocking.__doc__ == asynchronous.__doc__


def run(*lines: str) -> str:
    """Output of a program of these lines; what it complains of fails the test."""
    program = "\n".join(["from askwell import *", "server = 'http://127.0.0.1:9'", *lines])
    done = subprocess.run([sys.executable, "-X", "dev", "-c", program], capture_output=True, text=True, check=True)
    assert "Warning" not in done.stderr, done.stderr
    assert "Error" not in done.stderr, done.stderr
    return done.stdout


def test_a_program_that_closes_nothing_still_ends_in_silence() -> None:
    ask = "try: Askwell(server, patience=Patience(retry_for=0)).get('x')"
    assert run(ask, "except Unreachable: print('unreachable')") == "unreachable\n"


@pytest.mark.parametrize(
    ("module", "missing"), [("langgraph", "langgraph.types"), ("openai_agents", "agents"), ("langgraph", "langgraph")]
)
def test_a_framework_that_is_not_there_is_named(module: str, missing: str) -> None:
    block = f"import sys; sys.modules[{missing!r}] = None"
    lines = [block, f"try: import askwell.{module}", "except ImportError as told: print('pip install' in str(told))"]
    assert run(*lines) == "True\n"


def test_forgotten_sockets_take_nothing_along() -> None:
    lines = [
        "import gc",
        "askwell = Askwell(server, patience=Patience(first_retry=0.01, longest_socket_retry=0.01))",
        "askwell.outcome('a', timeout=0.2)",
        "gc.collect()",
        "print(askwell._running[1]._http.pool().closed)",
    ]
    assert run(*lines) == "False\n"
