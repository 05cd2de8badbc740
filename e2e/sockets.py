"""The official Python client of Socket.IO: it keeps what it hears, and tests wait for what it should hear."""

import threading
import time
from dataclasses import dataclass

import engineio
import requests
import socketio

# Long enough for a machine that is busy with other things; reached only by a test that fails.
PATIENCE = 60

TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": None}

# The events that tell a change, each with the feed's cursor.
CHANGES = ("new_session", "session_completed", "session_cancelled", "session_timeout", "session_updated")


class InOrder(engineio.Client):
    """Hears one event after the other; left alone, the client starts a thread for each."""

    def _trigger_event(self, event, *args, run_async=False, **kwargs):
        return super()._trigger_event(event, *args, run_async=run_async and event != "message", **kwargs)


class Client(socketio.Client):
    """The official client, with events in their order."""

    def _engineio_client_class(self):
        return InOrder


@dataclass
class Heard:
    name: str
    data: object


class Listener:
    """One connected client. `resumes`: it says at each connection what it has heard last."""

    def __init__(self, url: str, transport: str = "websocket", resumes: bool = False, ca: str | None = None, **auth):
        self.heard: list[Heard] = []
        self.changed = threading.Condition()
        self.cursor: str | None = auth.pop("after", None)
        self.resumes = resumes or self.cursor is not None
        self.auth = auth
        session = requests.Session()
        session.verify = ca or True
        self.client = Client(
            http_session=session,
            reconnection_delay=0.05,
            reconnection_delay_max=0.2,
            randomization_factor=0,
            # The library checks each byte in Python, which makes a slow client of it.
            websocket_extra_options={"skip_utf8_validation": True, **({"sslopt": {"ca_certs": ca}} if ca else {})},
        )
        self.client.on("*", self._hear)
        self.client.on("disconnect", lambda *_: self._hear("disconnect"))
        self.transport = transport
        self.client.connect(url, transports=TRANSPORTS[transport], auth=self._greeting, wait_timeout=PATIENCE)
        self.wait("connected")

    def _greeting(self) -> dict:
        return {**self.auth, **({"after": self.cursor} if self.resumes and self.cursor else {})}

    def _hear(self, name: str, data=None, *_) -> None:
        with self.changed:
            if isinstance(data, dict) and data.get("cursor"):
                self.cursor = max(self.cursor or "", data["cursor"])
            self.heard.append(Heard(name, data))
            self.changed.notify_all()

    def emit(self, name: str, payload=None) -> None:
        self.client.emit(name, payload)

    def call(self, name: str, payload=None):
        """Says something and returns the acknowledgement."""
        return self.client.call(name, payload, timeout=PATIENCE)

    def all(self, name: str, **keys) -> list:
        with self.changed:
            return self._all(name, keys)

    def _all(self, name: str, keys: dict) -> list:
        return [one.data for one in self.heard if one.name == name and has(one.data, keys)]

    def wait(self, name: str, count: int = 1, **keys):
        """The latest event of this name with these keys, as soon as there are `count` of them."""
        with self.changed:
            there = self.changed.wait_for(lambda: len(self._all(name, keys)) >= count, PATIENCE)
            assert there, f"no {count} × {name} {keys}; heard {summary(self.heard)}"
            return self._all(name, keys)[-1]

    def changes(self) -> list[tuple]:
        """What it heard of changes, in its order, as the feed tells them."""
        with self.changed:
            return [told(one) for one in self.heard if one.name in CHANGES]

    def wait_for_cursor(self, cursor: str) -> None:
        """Waits until it has heard everything up to this place of the feed."""
        with self.changed:
            there = self.changed.wait_for(lambda: (self.cursor or "") >= cursor, PATIENCE)
            assert there, f"{self.cursor} and not {cursor}; heard {summary(self.heard)}"

    def close(self) -> None:
        self.client.shutdown()


def has(data, keys: dict) -> bool:
    return all(isinstance(data, dict) and data.get(key) == value for key, value in keys.items())


def told(heard: Heard) -> tuple:
    kind = heard.data.get("type", "opened")
    return heard.data["cursor"], heard.data["session_id"], heard.data["version"], kind


def summary(heard: list[Heard]) -> str:
    return str([(one.name, str(one.data)[:200]) for one in heard[-20:]])


def feed(server) -> list[tuple]:
    """All that has happened, oldest first, as `told` tells it."""
    events, after = [], None
    while True:
        page = server.api("/events", limit=500, **({"after": after} if after else {}))
        events += [(one["cursor"], one["session_id"], one["version"], one["type"]) for one in page["events"]]
        after = page["next_cursor"]
        if len(page["events"]) < 500:
            return events


def until(condition, what: str = "it"):
    """Waits for something outside that sends no event: looks again and again."""
    never, end = threading.Event(), time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        never.wait(0.02)
    raise AssertionError(f"{what} did not come")
