"""Waits for the outcome of one session: by the shared socket if it is there, else by long-poll."""

from __future__ import annotations

from time import monotonic

from .clock import OwnClock
from .errors import NotAskwell, Problem, Unreachable
from .http import Http, session_path
from .outcome import Outcome, outcome_of
from .reply import is_transient
from .session import Session, read_session
from .shared_socket import SharedSocket


async def wait_for_outcome(
    http: Http,
    socket: SharedSocket,
    session_id: str,
    *,
    timeout: float | None = None,
    opened: Session | None = None,
) -> Outcome:
    """Wait until the session is closed, or until this wait's own clock stops it.

    ``opened`` is the session as it was opened: what is answered must then be what was asked.
    """
    patience = http.patience
    clock = OwnClock(monotonic(), timeout, patience)
    session = opened
    with socket.watch(session_id) as watch:
        await watch.ready(min(patience.socket, clock.left(monotonic())))
        while True:
            # Subscribed before it is read: what changes from here on wakes.
            watch.expect()
            # Also with 0 it is a wait for the server, which notes that the outcome was picked up.
            hold = 0.0 if watch.joined else patience.long_poll
            try:
                reply = await http.send("GET", session_path(session_id), hold=hold, give_up_at=clock.stops_at)
            except Unreachable as gone:
                return Outcome(session_id, session, trouble=gone)
            except Problem as problem:
                if is_transient(problem.status, is_read=True):
                    return Outcome(session_id, session, trouble=problem)
                raise
            session = read_session(reply["session"])
            _check_identity(session, session_id, opened)
            if not session.is_open:
                return outcome_of(session)
            clock.saw(session, reply.server_time, monotonic())
            left = clock.left(monotonic())
            if left <= 0:
                return Outcome(session_id, session)
            if watch.joined:
                await watch.changed(min(patience.reread, left))


def _check_identity(session: Session, session_id: str, opened: Session | None) -> None:
    if session.session_id != session_id:
        raise NotAskwell(f"asked for session {session_id}, got {session.session_id}")
    if opened is not None and session.content_hash != opened.content_hash:
        raise NotAskwell(f"session {session_id} does not ask any more what was asked when it was opened")
