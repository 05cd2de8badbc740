"""A workflow's own Flask server with a callback route, that may misbehave."""

import threading

from flask import Flask, jsonify, request
from werkzeug.serving import make_server


class Receiver:
    """Records what it is sent, and answers with what it is told to."""

    def __init__(self, status: int = 200, headers: dict | None = None, hang: bool = False):
        self.status = status
        self.headers = headers or {}
        self.calls = []
        self.arrived = threading.Condition()
        self.released = threading.Event()
        if not hang:
            self.released.set()
        app = Flask("workflow")

        @app.route("/human_loop_callback", methods=["GET", "POST"])
        def callback():
            with self.arrived:
                self.calls.append(
                    {
                        "body": request.get_json(),
                        "headers": dict(request.headers),
                        "raw": request.get_data(),
                        "method": request.method,
                    }
                )
                self.arrived.notify_all()
            self.released.wait()
            return jsonify({"success": True}), self.status, self.headers

        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}/human_loop_callback"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count: int) -> list:
        """The calls, once there are so many."""
        with self.arrived:
            self.arrived.wait_for(lambda: len(self.calls) >= count)
            return list(self.calls)

    def close(self):
        self.released.set()
        self.server.shutdown()
