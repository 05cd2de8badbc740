"""An acknowledgement carries what REST answers: the same result, the same error."""

import pytest
import requests
from conftest import confirmation

UNKNOWN = "018f0000-0000-7000-8000-000000000001"
FORM = {
    "interaction_type": "text_input",
    "title": "Port",
    "message": "",
    "fields": [
        {"name": "port", "label": "Port", "field_type": "integer", "min_value": 1, "max_value": 65535, "required": True},
        {"name": "mail", "label": "Mail", "field_type": "email", "required": True},
    ],
}


def over_rest(server, path: str, session_id: str, body) -> dict:
    reply = requests.post(f"{server.url}/api/sessions/{session_id}/{path}", json=body)
    assert reply.status_code == reply.json().get("status", 200) or reply.status_code == 200
    return reply.json()


def without_request_id(body: dict) -> dict:
    return {key: value for key, value in body.items() if key != "request_id"}


@pytest.mark.parametrize("repeat_first", ["socket", "rest"])
def test_an_answer_is_acknowledged_as_rest_does(server, listen, transport, repeat_first):
    client = listen(transport)
    session_id = server.open()["session_id"]
    body = {"response": {"choice": "confirm", "unknown": 1}, "user_id": "mei", "comment": "好"}

    def by_socket():
        return client.call("respond", {"session_id": session_id, **body})

    def by_rest():
        return over_rest(server, "respond", session_id, body)

    # The same answer by the same person gets the original result again, whichever way it comes.
    first, second = (by_socket(), by_rest()) if repeat_first == "socket" else (by_rest(), by_socket())
    assert first["success"] is True and first["message"] == "响应已提交"
    assert first["warnings"][0]["pointer"] == "/response/unknown"
    assert first == second
    assert server.get(session_id)["response"]["response_data"] == {"choice": "confirm"}


@pytest.mark.parametrize("first", ["socket", "rest"])
def test_a_cancellation_is_acknowledged_as_rest_does(server, listen, transport, first):
    client = listen(transport)
    session_id = server.open()["session_id"]

    def by_socket():
        return client.call("cancel", {"session_id": session_id, "reason": "late"})

    def by_rest():
        return over_rest(server, "cancel", session_id, {"reason": "late"})

    one, two = (by_socket(), by_rest()) if first == "socket" else (by_rest(), by_socket())
    assert one["success"] is True and one["session"]["status"] == "cancelled"
    assert one == two


def test_a_refusal_is_acknowledged_as_rest_does(server, listen, transport):
    client = listen(transport)
    opened, form, claimed = server.open(), server.open(FORM), server.open()
    answered, cancelled = server.open(), server.open()
    expired = server.open(confirmation(timeout=1))
    server.respond(answered["session_id"], {"choice": "confirm"}, user_id="li")
    server.cancel(cancelled["session_id"])
    requests.post(f"{server.url}/api/sessions/{claimed['session_id']}/claim", json={"user_id": "li"})
    server.get(expired["session_id"], wait=30)
    yes = {"response": {"choice": "confirm"}}
    cases = [
        ("respond", UNKNOWN, yes, 404, "session_not_found"),
        ("respond", "nothing", yes, 404, "session_not_found"),
        ("respond", opened["session_id"], {}, 400, "missing_field"),
        ("respond", opened["session_id"], {"response": None}, 400, "missing_field"),
        ("respond", opened["session_id"], {"response": {"choice": "maybe"}}, 422, "validation_failed"),
        ("respond", opened["session_id"], {"response": []}, 422, "validation_failed"),
        ("respond", opened["session_id"], {**yes, "comment": "x" * 5000}, 422, "validation_failed"),
        ("respond", opened["session_id"], {**yes, "user_id": []}, 422, "validation_failed"),
        ("respond", opened["session_id"], {**yes, "content_hash": "0" * 64}, 412, "content_changed"),
        ("respond", form["session_id"], {"response": {"port": 0, "mail": "x"}}, 422, "validation_failed"),
        ("respond", claimed["session_id"], {**yes, "user_id": "mei"}, 409, "claimed"),
        ("respond", answered["session_id"], {"response": {"choice": "cancel"}}, 409, "session_closed"),
        ("respond", cancelled["session_id"], yes, 409, "session_closed"),
        ("respond", expired["session_id"], yes, 409, "session_expired"),
        ("cancel", UNKNOWN, {}, 404, "session_not_found"),
        ("cancel", answered["session_id"], {}, 409, "session_closed"),
        ("cancel", opened["session_id"], {"reason": 7}, 422, "validation_failed"),
    ]
    before = server.api("/events", after="latest")["next_cursor"]
    for path, session_id, body, status, code in cases:
        by_rest = over_rest(server, path, session_id, body)
        by_socket = client.call(path, {"session_id": session_id, **body})
        case = f"{path} {body}: {by_socket}"
        assert (by_rest["status"], by_rest["code"], by_rest["success"]) == (status, code, False), f"{path} {body}: {by_rest}"
        assert by_socket["request_id"], case
        assert without_request_id(by_socket) == without_request_id(by_rest), case
    assert len(client.call("respond", {"session_id": form["session_id"], "response": {"port": 0, "mail": "x"}})["errors"]) == 2
    # Whoever wants an acknowledgement is told there and nowhere else.
    assert client.all("hitl_error") == []
    assert server.api("/events", after="latest")["next_cursor"] == before


def test_a_payload_without_a_session_is_refused(listen, transport):
    client = listen(transport)
    for name in ("respond", "cancel", "join_session", "leave_session"):
        for payload, code in (
            (None, "validation_failed"),
            ({}, "missing_field"),
            ([], "validation_failed"),
            ("x", "validation_failed"),
            (7, "validation_failed"),
            (True, "validation_failed"),
            ({"session_id": None}, "missing_field"),
            ({"session_id": 7}, "session_not_found"),
        ):
            refused = client.call(name, payload)
            assert (refused["success"], refused["code"]) == (False, code), f"{name} {payload!r}: {refused}"


def test_of_twenty_people_who_answer_at_once_one_wins_and_all_know_who(server, listen, transport):
    session_id = server.open()["session_id"]
    people = [listen(transport) for _ in range(10)]
    choices = ["confirm", "cancel"]
    calls = [
        person.client.start_background_task(
            lambda person=person, n=n: replies.append(
                person.call("respond", {"session_id": session_id, "response": {"choice": choices[n % 2]}, "user_id": f"p{n}"})
            )
        )
        for replies in [[]]
        for n, person in enumerate(people)
    ]
    replies = []
    for call in calls:
        call.join()
    winner = server.get(session_id)["response"]["user_id"]
    for person in people:
        event = person.wait("session_completed")
        assert event["session"]["response"]["user_id"] == winner
        assert len(person.all("session_completed")) == 1
