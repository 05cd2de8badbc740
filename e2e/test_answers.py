"""The rules of answering, cancelling, claiming and waiting, through the public door."""

import pytest
import requests
from conftest import confirmation


def form(*fields, **extra) -> dict:
    return {"interaction_type": "text_input", "title": "Server", "message": "", "fields": list(fields), **extra}


SERVER_FORM = form(
    {"name": "server_name", "label": "Name", "field_type": "text", "required": True, "validation": "^[a-zA-Z0-9-]+$"},
    {"name": "port", "label": "Port", "field_type": "number", "required": True, "min_value": 1, "max_value": 65535},
    {"name": "admin_email", "label": "Mail", "field_type": "email", "required": True},
    {"name": "description", "label": "Text", "field_type": "textarea", "required": False},
)
GOOD = {"server_name": "build-3", "port": 8080, "admin_email": "ops@example.com"}


@pytest.mark.parametrize(
    ("interaction", "response", "pointer"),
    [
        (confirmation(), {"choice": "maybe"}, "/response/choice"),
        (confirmation(), {}, "/response/choice"),
        ({"interaction_type": "selection", "title": "t", "message": "", "options": ["a", "b"]}, {"selection": "c"}, "/response/selection"),
        (SERVER_FORM, {**GOOD, "admin_email": "nobody"}, "/response/admin_email"),
        (SERVER_FORM, {key: GOOD[key] for key in ("server_name", "port")}, "/response/admin_email"),
        (SERVER_FORM, {**GOOD, "port": 0}, "/response/port"),
        (SERVER_FORM, {**GOOD, "port": "eighty"}, "/response/port"),
        (SERVER_FORM, {**GOOD, "server_name": "no spaces"}, "/response/server_name"),
        ({"interaction_type": "file_upload", "title": "t", "message": ""}, {"files": ["nothing"]}, "/response/files/0"),
        ({"interaction_type": "review", "title": "t", "message": ""}, {"action": "yes"}, "/response/action"),
        ({"interaction_type": "review", "title": "t", "message": ""}, {"action": "modify"}, "/response/modification_instructions"),
    ],
)
def test_an_invalid_answer_leaves_the_session_open(server, interaction, response, pointer):
    session = server.open(interaction)
    before = server.api("/events", after="latest")["next_cursor"]
    reply = server.respond(session["session_id"], response)
    assert reply.status_code == 422, reply.text
    problem = reply.json()
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert problem["success"] is False and problem["error"]
    assert pointer in [error["pointer"] for error in problem["errors"]], problem["errors"]
    assert all(error["detail"] for error in problem["errors"])
    assert server.get(session["session_id"])["status"] == "pending"
    assert server.api("/events", after="latest")["next_cursor"] == before


def test_numbers_given_as_text_are_stored_as_numbers(server):
    session = server.open(SERVER_FORM)
    reply = server.respond(session["session_id"], {**GOOD, "port": "8080", "unknown": 1})
    assert reply.status_code == 200, reply.text
    assert reply.json()["session"]["response"]["response_data"]["port"] == 8080
    assert [warning["pointer"] for warning in reply.json()["warnings"]] == ["/response/unknown"]


def test_the_same_answer_again_is_a_retry_and_another_is_told_who_won(server):
    session_id = server.open()["session_id"]
    first = server.respond(session_id, {"choice": "confirm"}, user_id="li.wei")
    again = server.respond(session_id, {"choice": "confirm"}, user_id="li.wei")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["message"] == "响应已提交"
    assert first.json()["session"] == again.json()["session"]
    for response, user in (({"choice": "cancel"}, "li.wei"), ({"choice": "confirm"}, "wang.fang")):
        late = server.respond(session_id, response, user_id=user)
        assert late.status_code == 409
        assert late.json()["code"] == "session_closed"
        assert "li.wei" in late.json()["detail"]


def test_what_was_seen_must_be_what_is_stored(server):
    session = server.open()
    stale = server.respond(session["session_id"], {"choice": "confirm"}, content_hash="0" * 64)
    assert (stale.status_code, stale.json()["code"]) == (412, "content_changed")
    good = server.respond(session["session_id"], {"choice": "confirm"}, content_hash=session["content_hash"])
    assert good.status_code == 200


def test_cancel_is_repeatable_but_never_overwrites(server):
    session_id = server.open()["session_id"]
    first = requests.post(f"{server.url}/api/sessions/{session_id}/cancel")
    assert first.status_code == 200 and first.json()["message"] == "会话已取消"
    assert first.json()["session"]["error_message"] == "用户取消"
    version = server.get(session_id)["version"]
    assert server.cancel(session_id, reason="again").status_code == 200
    assert server.get(session_id)["version"] == version
    assert server.respond(session_id, {"choice": "confirm"}).status_code == 409

    answered = server.open()["session_id"]
    server.respond(answered, {"choice": "confirm"})
    assert requests.delete(f"{server.url}/api/sessions/{answered}").status_code == 409
    assert server.get(answered)["status"] == "completed"


def test_a_claim_keeps_others_out_until_it_is_released(server):
    session_id = server.open()["session_id"]
    url = f"{server.url}/api/sessions/{session_id}"
    assert requests.post(f"{url}/claim", json={"user_id": "li.wei"}).json()["session"]["status"] == "active"
    other = server.respond(session_id, {"choice": "confirm"}, user_id="wang.fang")
    assert (other.status_code, other.json()["code"]) == (409, "claimed")
    assert "li.wei" in other.json()["detail"]
    assert requests.post(f"{url}/release", json={"user_id": "wang.fang"}).status_code == 409
    assert requests.post(f"{url}/release", json={"user_id": "li.wei"}).json()["session"]["status"] == "pending"
    assert server.respond(session_id, {"choice": "confirm"}, user_id="wang.fang").status_code == 200


def test_two_seconds_are_enough_for_a_deadline(server):
    plain = server.open(confirmation(timeout=2))
    answered_by_default = server.open(confirmation(timeout=1.5, default_value="cancel"), on_timeout="default")
    closed = server.get(plain["session_id"], wait=60)
    assert closed["status"] == "timeout" and closed["closed_at"] >= plain["expires_at"]
    assert closed.get("response") is None
    late = server.respond(plain["session_id"], {"choice": "confirm"})
    assert (late.status_code, late.json()["code"]) == (409, "session_expired")
    closed = server.get(answered_by_default["session_id"], wait=60)
    assert closed["response"]["response_data"] == {"choice": "cancel"}
    assert closed["response"]["source"] == "timeout"


def test_silence_is_never_an_approval_of_a_review(server):
    review = {"interaction_type": "review", "title": "Plan", "message": "", "default_value": "approve"}
    reply = server.create(review, on_timeout="default")
    assert reply.status_code == 422
    assert "silence_not_allowed" in [error["code"] for error in reply.json()["errors"]]


def test_more_time_within_what_the_requester_allows(server):
    session = server.open(confirmation(timeout=60), extendable_seconds=30)
    url = f"{server.url}/api/sessions/{session['session_id']}/extend"
    extended = requests.post(url, json={"seconds": 20})
    assert extended.status_code == 200, extended.text
    assert extended.json()["session"]["expires_at"] > session["expires_at"]
    assert extended.json()["session"]["content_hash"] == session["content_hash"]
    assert requests.post(url, json={"seconds": 20}).status_code in (409, 422)
    assert requests.post(url, json={"seconds": "soon"}).status_code == 422


def test_files_are_checked_stored_and_bound_to_the_answer(server):
    session = server.open(
        {"interaction_type": "file_upload", "title": "Config", "message": "", "accept_types": [".json", ".yaml"], "max_file_size": "1KB"}
    )
    url = f"{server.url}/api/sessions/{session['session_id']}/files"
    good = requests.post(url, files={"file": ("配置.json", b'{"port": 8080}')})
    assert good.status_code == 200, good.text
    file = good.json()["file"]
    assert (file["name"], file["size"]) == ("配置.json", 14)
    too_large = requests.post(url, files={"file": ("big.json", b'"' + b"x" * 2000 + b'"')})
    assert too_large.status_code == 413, too_large.text
    wrong_name = requests.post(url, files={"file": ("run.exe", b"MZ")})
    assert wrong_name.status_code in (415, 422), wrong_name.text
    disguised = requests.post(url, files={"file": ("run.json", b"\x7fELF\x02\x01\x01" + b"\0" * 64)})
    assert disguised.status_code in (415, 422), disguised.text
    download = requests.get(f"{url}/{file['file_id']}")
    assert download.content == b'{"port": 8080}'
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert download.headers["Content-Disposition"].startswith("attachment")
    elsewhere = server.open({"interaction_type": "file_upload", "title": "Other", "message": ""})
    assert server.respond(elsewhere["session_id"], {"files": [file["file_id"]]}).status_code == 422
    answer = server.respond(session["session_id"], {"files": [file["file_id"]]})
    assert answer.status_code == 200, answer.text
    assert requests.delete(f"{url}/{file['file_id']}").status_code == 409
    assert requests.get(f"{url}/{file['file_id']}").content == b'{"port": 8080}'


def test_many_alike_questions_of_low_risk_at_once(server):
    sessions = [server.open(confirmation(title=f"Restart {n}"), risk="low") for n in range(3)]
    risky = server.open(risk="high")
    answer = lambda s: {"session_id": s["session_id"], "content_hash": s["content_hash"], "response": {"choice": "confirm"}}
    url = f"{server.url}/api/sessions/respond-many"
    refused = requests.post(url, json={"responses": [answer(s) for s in [*sessions, risky]]})
    assert refused.status_code == 422, refused.text
    assert all(server.get(s["session_id"])["status"] == "pending" for s in sessions)
    done = requests.post(url, json={"responses": [answer(s) for s in sessions]})
    assert done.status_code == 200, done.text
    assert all(server.get(s["session_id"])["status"] == "completed" for s in sessions)
