"""The two ways in which a workflow of the original component waits, by its own libraries."""

import threading

import requests
from conftest import confirmation
from receiver import Receiver


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
