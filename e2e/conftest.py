"""A real server for each test: the built binary, a temporary folder, a free port."""

import os
import re
import signal
import subprocess
import threading
from pathlib import Path

import pytest
import requests
from sockets import TRANSPORTS, Listener

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("ASKWELL_BIN", ROOT / "target/debug/askwell"))
LISTENING = re.compile(r"listens at (?:127\.0\.0\.1|0\.0\.0\.0):(\d+)")


class Server:
    """One data directory and the process that owns it, which may be killed and started again."""

    def __init__(
        self,
        folder: Path,
        *args: str,
        env: dict | None = None,
        prefix: tuple[str, ...] = (),
        data: Path | None = None,
        scheme: str = "http",
    ):
        self.scheme = scheme
        self.folder = folder
        self.data = data or folder / "data"
        self.args = list(args)
        self.env = env or {}
        self.prefix = list(prefix)
        self.process: subprocess.Popen | None = None
        self.url = ""
        self.output: list[str] = []

    def start(self) -> "Server":
        port = self.url.rsplit(":", 1)[1] if self.url else "0"
        command = [*self.prefix, str(BINARY), "serve", "--data-dir", str(self.data), "--port", port, *self.args]
        self.process = subprocess.Popen(
            command,
            cwd=self.folder,
            env={**os.environ, **self.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = []
        for line in self.process.stdout:
            self.output.append(line)
            found = LISTENING.search(line)
            if found:
                self.url = f"{self.scheme}://127.0.0.1:{found[1]}"
                break
        else:
            raise AssertionError("the server did not start:\n" + "".join(self.output))
        threading.Thread(target=self._drain, args=(self.process,), daemon=True).start()
        return self

    def _drain(self, process: subprocess.Popen) -> None:
        for line in process.stdout:
            self.output.append(line)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=30)

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.kill()

    # The few calls that every test makes.

    def open(self, interaction: dict | None = None, **body) -> dict:
        reply = self.create(interaction, **body)
        assert reply.status_code == 200, reply.text
        return reply.json()["session"]

    def create(self, interaction: dict | None = None, headers: dict | None = None, **body) -> requests.Response:
        body["interaction_data"] = interaction or confirmation()
        return requests.post(f"{self.url}/api/sessions", json=body, headers=headers)

    def get(self, session_id: str, **params) -> dict:
        reply = requests.get(f"{self.url}/api/sessions/{session_id}", params=params)
        assert reply.status_code == 200, reply.text
        return reply.json()["session"]

    def respond(self, session_id: str, response, **body) -> requests.Response:
        return requests.post(f"{self.url}/api/sessions/{session_id}/respond", json={"response": response, **body})

    def cancel(self, session_id: str, **body) -> requests.Response:
        return requests.post(f"{self.url}/api/sessions/{session_id}/cancel", json=body)

    def api(self, path: str, **params) -> dict:
        reply = requests.get(f"{self.url}/api{path}", params=params)
        assert reply.status_code == 200, reply.text
        return reply.json()


def confirmation(**extra) -> dict:
    return {"interaction_type": "confirmation", "title": "Deploy?", "message": "Version 7 to production", **extra}


@pytest.fixture
def make_server(tmp_path):
    servers = []

    def make(*args: str, **options) -> Server:
        folder = tmp_path / f"server-{len(servers)}"
        folder.mkdir()
        servers.append(Server(folder, *args, **options))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def server(make_server) -> Server:
    return make_server().start()


@pytest.fixture(params=TRANSPORTS)
def transport(request) -> str:
    return request.param


@pytest.fixture
def listen(server):
    """Connects clients to `server`, or to another."""
    listeners = []

    def connect(transport: str = "websocket", to: Server | None = None, **options) -> Listener:
        listeners.append(Listener((to or server).url, transport, **options))
        return listeners[-1]

    yield connect
    for listener in listeners:
        # Not awaited: a client that polls may first wait for its poll.
        threading.Thread(target=listener.close, daemon=True).start()
