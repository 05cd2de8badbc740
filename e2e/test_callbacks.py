"""Callbacks to receivers that misbehave, through restarts, and to where they may not go."""

import base64
import hashlib
import hmac
import subprocess

import pytest
import requests
from conftest import BINARY
from receiver import Receiver


def until(condition):
    while True:
        value = condition()
        if value:
            return value


def attempted(server, session_id: str, attempts: int = 1):
    """The delivery of a session, once it was tried so often."""
    found = server.api("/deliveries", session_id=session_id)["deliveries"]
    return found[0] if found and len(found[0]["attempts"]) >= attempts else None


def answered(server, url: str) -> str:
    session_id = server.open(callback_url=url)["session_id"]
    assert server.respond(session_id, {"choice": "confirm"}).status_code == 200
    return session_id


@pytest.fixture
def receivers():
    made = []

    def make(**options) -> Receiver:
        made.append(Receiver(**options))
        return made[-1]

    yield make
    for receiver in made:
        receiver.close()


def test_a_callback_is_signed_with_the_secret_that_the_owner_can_print(server, receivers):
    receiver = receivers()
    answered(server, receiver.url)
    call = receiver.wait(1)[0]
    printed = subprocess.run(
        [str(BINARY), "webhook-secret", "--data-dir", str(server.data)], capture_output=True, text=True, check=True
    )
    secret = base64.b64decode(printed.stdout.strip().removeprefix("whsec_"))
    headers = call["headers"]
    signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + call["raw"]
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert f"v1,{expected}" in headers["Webhook-Signature"].split()


@pytest.mark.parametrize("status", [500, 404, 429, 302])
def test_a_receiver_that_fails_is_tried_again_with_the_same_bytes(server, receivers, status):
    elsewhere = receivers()
    receiver = receivers(status=status, headers={"Location": elsewhere.url} if status == 302 else {})
    session_id = answered(server, receiver.url)
    delivery = until(lambda: attempted(server, session_id))
    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("pending", status)
    assert delivery["next_attempt_at"] > delivery["attempts"][0]["at"]
    assert elsewhere.calls == []
    receiver.status = 200
    again = requests.post(f"{server.url}/api/deliveries/{delivery['delivery_id']}/redeliver")
    assert again.status_code == 200, again.text
    first, second = receiver.wait(2)
    assert first["raw"] == second["raw"]
    assert first["headers"]["Webhook-Id"] == second["headers"]["Webhook-Id"]
    delivery = until(lambda: attempted(server, session_id, 2))
    assert delivery["state"] == "delivered"
    picked_up = requests.get(f"{server.url}/api/sessions/{session_id}").json()["session"]["delivery"]
    assert picked_up["state"] == "delivered"


def test_gone_means_no_more(server, receivers):
    receiver = receivers(status=410)
    session_id = answered(server, receiver.url)
    delivery = until(lambda: attempted(server, session_id))
    assert (delivery["state"], delivery["next_attempt_at"]) == ("dead", None)


def test_a_receiver_that_hangs_holds_up_nobody_else(make_server, receivers):
    server = make_server(env={"ASKWELL__INTEGRATION__WORKFLOW_CALLBACK_TIMEOUT": "2"}).start()
    hanging, healthy = receivers(hang=True), receivers()
    stuck = [answered(server, hanging.url) for _ in range(40)]
    quick = [answered(server, healthy.url) for _ in range(10)]
    assert {call["body"]["session_id"] for call in healthy.wait(10)} == set(quick)
    delivery = until(lambda: attempted(server, stuck[0]))
    assert delivery["state"] == "pending" and delivery["attempts"][0]["error"]


def test_a_callback_that_was_owed_at_a_kill_is_sent_after_the_start(make_server, receivers):
    server = make_server().start()
    receiver = receivers(hang=True)
    session_id = answered(server, receiver.url)
    receiver.wait(1)
    server.kill()
    receiver.released.set()
    server.start()
    calls = receiver.wait(2)
    assert calls[0]["raw"] == calls[1]["raw"]
    until(lambda: attempted(server, session_id))


def test_a_private_address_is_refused_visible_and_explained(server):
    for url in ("http://169.254.169.254/latest/meta-data", "http://10.0.0.1/hook", "http://[fd00::1]/hook"):
        reply = server.create(callback_url=url)
        assert reply.status_code == 200
        warning = reply.json()["warnings"][0]
        assert warning["code"] == "callback_refused_by_egress"
        assert "egress." in warning["detail"]
        session_id = reply.json()["session_id"]
        server.respond(session_id, {"choice": "confirm"})
        delivery = until(lambda: attempted(server, session_id))
        assert delivery["state"] == "refused"
        assert "egress." in delivery["attempts"][0]["error"]
