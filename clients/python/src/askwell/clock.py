"""When a wait stops by itself, whatever the server does or fails to do."""

from __future__ import annotations

from datetime import datetime

from .patience import Patience
from .session import Session


class OwnClock:
    """Stops a wait: after the caller's timeout, or some grace after the session's deadline.

    Instants are seconds of a steady clock. The deadline is measured against the server's own time, so a wrong
    clock on this machine neither cuts a wait short nor prolongs it.
    """

    def __init__(self, now: float, timeout: float | None, patience: Patience):
        self._fixed = timeout is not None
        self._grace = patience.grace
        # Until the session was read once nothing is known of its deadline.
        self.stops_at = now + (patience.retry_for if timeout is None else timeout)

    def saw(self, session: Session, server_time: datetime, now: float) -> None:
        """Take note of a session's deadline: it may have been moved."""
        if not self._fixed:
            left = (session.expires_at - server_time).total_seconds()
            self.stops_at = now + max(left, 0.0) + self._grace

    def left(self, now: float) -> float:
        """Seconds until it stops, never negative."""
        return max(self.stops_at - now, 0.0)
