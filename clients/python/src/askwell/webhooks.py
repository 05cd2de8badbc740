"""Checks that a callback comes from the server, unchanged and now (Standard Webhooks, version v1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from typing import Any, Protocol

from .errors import InvalidSignature

PREFIX = "whsec_"


class Headers(Protocol):
    """Any framework's headers, and any mapping of texts."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Give names, in any case, and values."""


def verify_webhook(secret: str, headers: Headers, body: bytes | str, *, tolerance: float = 300.0) -> dict[str, Any]:
    """Return a callback's payload if it is genuine; raise :class:`InvalidSignature` otherwise.

    ``secret`` is what ``askwell webhook-secret`` prints. ``body`` must be the bytes as they arrived: parsed and
    written anew they are others. ``tolerance`` is in seconds, both ways. The same callback may come more than once;
    its ``event_id`` tells.
    """
    return verify_at(time.time(), secret, headers, body, tolerance)


def verify_at(now: float, secret: str, headers: Headers, body: bytes | str, tolerance: float) -> dict[str, Any]:
    """As :func:`verify_webhook`, at a given Unix time."""
    raw = _bytes(body) if isinstance(body, str) else body
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, sent_at = given["webhook-id"], given["webhook-timestamp"]
        signatures = given["webhook-signature"].split()
    except KeyError as missing:
        raise InvalidSignature(f"the header {missing} is missing") from None
    signed = b".".join((_bytes(message_id), _bytes(sent_at), raw))
    expected = b"v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest())
    # Each of them is compared, in constant time: several stand there while a secret is being replaced.
    if not any([hmac.compare_digest(expected, _bytes(signature)) for signature in signatures]):
        raise InvalidSignature("no signature fits: another secret, or another body")
    # Only now is the time known to be the sender's. A plain integer: no "nan", no "1e999".
    if not (sent_at.isascii() and sent_at.isdigit()) or abs(now - int(sent_at)) > tolerance:
        raise InvalidSignature(f"sent at {sent_at}, which is more than {tolerance:g} s from now")
    try:
        payload = json.loads(raw)
    except ValueError as wrong:
        raise InvalidSignature("the body is no JSON") from wrong
    if not isinstance(payload, dict) or payload.get("event_id") != message_id:
        raise InvalidSignature("the body is not that of a callback")
    return payload


def _bytes(text: str) -> bytes:
    # Frameworks hand over what is not UTF-8 as surrogates: it is to fail the comparison, not the program.
    return text.encode("utf-8", "surrogatepass")


def _key(secret: str) -> bytes:
    text = secret.strip()
    if text.startswith(PREFIX):
        text = text[len(PREFIX) :]
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as wrong:
        raise ValueError("the secret is not what `askwell webhook-secret` prints") from wrong
    if not key:
        # An unset variable must not turn into a key that everybody knows.
        raise ValueError("the secret is empty")
    return key
