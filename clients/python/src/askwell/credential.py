"""What a client says who it is with. It goes to the server, and nowhere else: not into ``repr``, not into a log."""

from __future__ import annotations

import inspect
import os
from collections.abc import Awaitable
from typing import Callable, Union

VARIABLE = "ASKWELL_TOKEN"

Token = Union[str, Callable[[], Union[str, Awaitable[str]]]]
"""A token (``ask_…`` or a JWT), or what gives one: asked anew for each request, so that tokens may change."""


def token_or_variable(token: Token | None) -> Token:
    """Give the token that was given, else the environment's; empty for none."""
    return os.environ.get(VARIABLE, "") if token is None else token


class Credential:
    """A token, which may be another one at each request."""

    def __init__(self, token: Token):
        self._token = token

    def __repr__(self) -> str:
        return "Credential(…)"

    async def read(self) -> str:
        """Give the token as it is now; empty for none. Raises what the caller's function raises."""
        token = self._token if isinstance(self._token, str) else self._token()
        if inspect.isawaitable(token):
            token = await token
        # Out of files and variables tokens come with the line's end.
        return token.strip()
