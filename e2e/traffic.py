"""Automation and people who go on while the server comes and goes."""

import itertools
import threading

import requests
from conftest import confirmation
from sockets import PATIENCE


class Traffic:
    """Opens sessions and reviews and answers or cancels them, over REST, until it is stopped."""

    def __init__(self, server, threads: int = 3):
        self.server = server
        self.done = 0
        self.changed = threading.Condition()
        self.over = threading.Event()
        self.failed: list[str] = []
        self.threads = [threading.Thread(target=self._run, args=(n,)) for n in range(threads)]
        for thread in self.threads:
            thread.start()

    def _run(self, number: int) -> None:
        http = requests.Session()
        for round in itertools.count():
            if self.over.is_set():
                return
            try:
                self._one(http, number, round)
            except requests.RequestException:
                # The server is away: there is nothing else to do than to try again.
                self.over.wait(0.02)

    def _one(self, http, number: int, round: int) -> None:
        if round % 3 == 0:
            name = f"review-{number}-{round}"
            body = {"request_id": name, "checkpoint_name": name, "context_message": "", "node_id": f"n{number}"}
            self._post(http, "/api/system/hitl-request", body)
            self._post(http, "/api/system/hitl-response", {"request_id": name, "action": "approve"})
        else:
            body = {"interaction_data": confirmation(title=f"Question {number}-{round}")}
            session_id = self._post(http, "/api/sessions", body)["session_id"]
            path, body = ("respond", {"response": {"choice": "confirm"}}) if round % 3 == 1 else ("cancel", {})
            self._post(http, f"/api/sessions/{session_id}/{path}", body)
        with self.changed:
            self.done += 1
            self.changed.notify_all()

    def _post(self, http, path: str, body: dict) -> dict:
        reply = http.post(self.server.url + path, json=body, timeout=PATIENCE)
        if reply.status_code != 200:
            self.failed.append(f"{path}: {reply.status_code} {reply.text[:300]}")
        return reply.json()

    def wait(self, more: int) -> None:
        """Waits until so many more have been opened and closed."""
        with self.changed:
            wanted = self.done + more
            assert self.changed.wait_for(lambda: self.done >= wanted, PATIENCE), f"{self.done} of {wanted}"

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()
        assert self.failed == []
