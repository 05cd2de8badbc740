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


def test_a_token_is_shown_nowhere() -> None:
    client = AsyncAskwell(token="secret-token")
    assert "secret-token" not in repr(client) + repr(vars(client))


def test_a_program_that_closes_nothing_still_ends_in_silence() -> None:
    program = "from askwell import *\ntry: Askwell('http://127.0.0.1:9', patience=Patience(retry_for=0)).get('x')\n"
    program += "except Unreachable: print('unreachable')"
    done = subprocess.run([sys.executable, "-X", "dev", "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, "Warning" in done.stderr, "Error" in done.stderr) == ("unreachable\n", False, False), (
        done.stderr
    )
