"""The two ways in which a workflow of the original component waits, by its own libraries."""

import socket
import threading

import requests
from conftest import confirmation
from flask import Flask, jsonify, request
from werkzeug.serving import make_server as make_wsgi


def test_a_workflow_that_polls_resumes_with_the_answer(server):
    reply = requests.post(
        f"{server.url}/api/sessions",
        json={
            "interaction_data": {
                "interaction_type": "confirmation",
                "title": "审批请求",
                "message": "工作流 nightly-7 需要您的审批",
                "timeout": 600,
            },
            "workflow_id": "nightly-7",
            "callback_url": None,
        },
    )
    assert reply.status_code == 200
    session_id = reply.json()["session_id"]

    answered = threading.Event()

    def person():
        assert server.respond(session_id, {"choice": "confirm"}, user_id="li.wei").status_code == 200
        answered.set()

    states = []
    while True:
        session = requests.get(f"{server.url}/api/sessions/{session_id}").json()["session"]
        states.append(session["status"])
        if session["status"] == "completed":
            break
        assert session["status"] == "pending"
        threading.Thread(target=person).start()
        assert answered.wait(30)
    assert states == ["pending", "completed"]
    assert session["response"]["response_data"] == {"choice": "confirm"}
    assert session["response"]["user_id"] == "li.wei"


class Receiver:
    """A workflow's own Flask server with a callback route."""

    def __init__(self, status: int = 200):
        self.calls = []
        self.arrived = threading.Condition()
        app = Flask("workflow")

        @app.post("/human_loop_callback")
        def callback():
            with self.arrived:
                self.calls.append({"body": request.get_json(), "headers": dict(request.headers), "raw": request.get_data()})
                self.arrived.notify_all()
            return jsonify({"success": True}), status

        self.server = make_wsgi("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}/human_loop_callback"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count: int) -> list:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.calls) >= count, timeout=60)
            return list(self.calls)

    def close(self):
        self.server.shutdown()


def test_a_workflow_with_a_flask_callback_resumes_with_the_answer(server):
    receiver = Receiver()
    session = server.open(
        {
            "interaction_type": "selection",
            "title": "环境选择",
            "message": "请选择部署环境",
            "options": [{"value": "staging", "label": "测试环境"}, {"value": "prod", "label": "生产环境"}],
        },
        workflow_id="release-42",
        callback_url=receiver.url,
    )
    assert server.respond(session["session_id"], {"selection": "prod"}).status_code == 200
    call = receiver.wait(1)[0]
    receiver.close()
    body = call["body"]
    assert body["session_id"] == session["session_id"]
    assert body["workflow_id"] == "release-42"
    assert body["status"] == "completed"
    assert body["response"]["response_data"] == {"selection": "prod"}
    assert call["headers"]["Webhook-Id"] == body["event_id"]
    assert call["headers"]["Webhook-Signature"].startswith("v1,")


def test_every_outcome_is_called_back_once(server):
    receiver = Receiver()
    cancelled = server.open(callback_url=receiver.url)["session_id"]
    expired = server.open(confirmation(timeout=1), callback_url=receiver.url)["session_id"]
    assert server.cancel(cancelled, reason="superseded").status_code == 200
    assert server.get(expired, wait=30)["status"] == "timeout"
    calls = receiver.wait(2)
    receiver.close()
    assert {(call["body"]["session_id"], call["body"]["status"]) for call in calls} == {
        (cancelled, "cancelled"),
        (expired, "timeout"),
    }
    assert all("response" not in call["body"] for call in calls)


def test_a_callback_is_owed_across_a_restart(make_server):
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    server = make_server().start()
    session = server.open(callback_url=f"http://127.0.0.1:{port}/late")
    assert server.respond(session["session_id"], {"choice": "confirm"}).status_code == 200
    server.kill()
    server.start()
    delivery = server.api("/deliveries")["deliveries"][0]
    assert delivery["session_id"] == session["session_id"]
    receiver = Receiver()
    redelivered = requests.post(f"{server.url}/api/deliveries/{delivery['delivery_id']}/redeliver")
    assert redelivered.status_code == 200
    receiver.close()
