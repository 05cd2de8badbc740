"""Somebody who answers whatever is asked, as soon as it is asked."""

import json
import threading
from typing import Callable

import requests


class Person:
    """Follows the feed and does for each opened session what `decide` says: `None` leaves it alone.

    With accounts, `http` is who signed in.
    """

    def __init__(
        self,
        server,
        decide: Callable[[dict], dict | None],
        user_id: str = "li.wei",
        http: requests.Session | None = None,
        comment: str | None = None,
    ):
        self.server = server
        self.decide = decide
        self.user_id = user_id
        self.http = http
        self.comment = comment
        self.asked: list[dict] = []
        self.seen = threading.Condition()
        get = http.get if http else requests.get
        self.feed = get(f"{server.url}/api/events", headers={"Accept": "text/event-stream"}, stream=True)
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self) -> None:
        try:
            for line in self.feed.iter_lines(chunk_size=None):
                if line.startswith(b"data:"):
                    self.notice(json.loads(line.removeprefix(b"data:")))
        except requests.RequestException:
            pass  # The server went, and the person with it.

    def notice(self, event: dict) -> None:
        if event["type"] != "opened":
            return
        session = event["session"]
        try:
            body = self.decide(session)
            if body is not None:
                answer = {"response": body, "user_id": self.user_id, "comment": self.comment}
                reply = self.post(session["session_id"], "respond", answer)
                assert reply.status_code == 200, reply.text
        except Exception as error:
            # Whoever waits for this answer shall fail rather than wait.
            self.post(session["session_id"], "cancel", {"reason": repr(error)})
            raise
        with self.seen:
            self.asked.append(session)
            self.seen.notify_all()

    def post(self, session_id: str, what: str, body: dict) -> requests.Response:
        post = self.http.post if self.http else requests.post
        return post(f"{self.server.url}/api/sessions/{session_id}/{what}", json=body)

    def wait(self, count: int) -> list[dict]:
        """What was asked, once it is so much."""
        with self.seen:
            self.seen.wait_for(lambda: len(self.asked) >= count)
            return list(self.asked)
