"""The second original's agent: what it sends and gets, over HTTP and over a socket."""

from datetime import datetime

import pytest
import requests
from agents import TAKEN, ask, fetch, outcome, plan, poll
from sockets import has

APPROVED = "User approved checkpoint 'PlanGeneration'"
MODIFIED = "User requested modification for checkpoint 'PlanGeneration'"
ABORTED = "User aborted checkpoint 'PlanGeneration'"


def answer(server, request_id: str, action, **more) -> requests.Response:
    body = {"request_id": request_id, "action": action, **more}
    return requests.post(f"{server.url}/api/system/hitl-response", json=body)


def session_of(server, request_id: str) -> dict:
    found = [one for one in server.api("/sessions", status="all")["sessions"] if one["request_id"] == request_id]
    assert len(found) == 1
    return server.get(found[0]["session_id"])


@pytest.mark.parametrize(
    ("action", "instructions", "choice", "message"),
    [
        ("approve", None, "approved", APPROVED),
        ("modify", "先检索，再写", "request_modification", MODIFIED),
        ("abort", None, "aborted", ABORTED),
    ],
)
def test_an_agent_over_http_polls_until_it_is_answered(server, action, instructions, choice, message):
    request = plan()
    name = request["request_id"]
    reply = ask(server, request)
    assert (reply.status_code, reply.json()) == (200, {"message": TAKEN, "request_id": name, "success": True})
    waiting = fetch(server, name)
    assert (waiting.status_code, waiting.json()) == (404, {"has_response": False, "request_id": name})
    more = {"modification_instructions": instructions} if instructions else {}
    assert answer(server, name, action, **more).status_code == 200
    expected = outcome(name, choice, message, instructions)
    assert poll(server, name) == expected
    # The original gave it once; here a reader may die and ask again.
    assert poll(server, name) == expected


def test_what_an_agent_forgot_is_named_as_the_original_does(server):
    for body in ({"json": {}}, {"json": None}, {}):
        reply = requests.post(f"{server.url}/api/system/hitl-request", **body)
        assert (reply.status_code, reply.json()) == (400, {"error": "No data provided"}), body
    given = {}
    for key in ("checkpoint_name", "context_message", "node_id", "request_id"):
        # In the original's order: the first that is missing.
        if given:
            reply = requests.post(f"{server.url}/api/system/hitl-request", json=given)
            assert (reply.status_code, reply.json()) == (400, {"error": f"Missing required field: {key}"})
        given[key] = plan()[key]
    reply = requests.post(f"{server.url}/api/system/hitl-request", json={"timestamp": "x"})
    assert (reply.status_code, reply.json()) == (400, {"error": "Missing required field: checkpoint_name"})
    assert ask(server, given).status_code == 200
    assert fetch(server, "nobody's").json() == {"has_response": False, "request_id": "nobody's"}


@pytest.mark.parametrize("action", ["approved", "Approve", "yes", "ok", "confirm", "", "reject", None, True, 1, [], {}])
def test_an_unknown_action_is_an_error_and_never_an_approval(server, listen, action):
    request = plan()
    ask(server, request)
    person = listen("websocket")
    refused = person.call("hitl_response", {"request_id": request["request_id"], "action": action})
    assert refused["success"] is False and refused["status"] in (400, 422)
    assert person.wait("hitl_error")["request_id"] == request["request_id"]
    reply = answer(server, request["request_id"], action)
    assert reply.status_code in (400, 422) and "error" in reply.json()
    assert fetch(server, request["request_id"]).status_code == 404
    assert session_of(server, request["request_id"])["status"] == "pending"


@pytest.mark.parametrize("instructions", [None, "", " \n\t", "\u3000"])
def test_a_modification_needs_instructions(server, instructions):
    request = plan()
    ask(server, request)
    reply = answer(server, request["request_id"], "modify", modification_instructions=instructions)
    assert reply.status_code in (400, 422) and reply.json()["error"]
    assert fetch(server, request["request_id"]).status_code == 404


def test_a_modification_leads_to_a_second_attempt_and_an_approval(server, listen, transport):
    agent, person = listen(transport, only="joined"), listen(transport)
    first = plan()
    assert has(agent.call("hitl_request", first), {"success": True, "request_id": first["request_id"]})
    shown = person.wait("hitl_request", request_id=first["request_id"])
    person.emit("hitl_response", {"request_id": shown["request_id"], "action": "modify", "modification_instructions": "more sources"})
    told = agent.wait("hitl_response", request_id=first["request_id"])
    assert (told["user_choice"], told["modification_instructions"]) == ("request_modification", "more sources")
    second = plan(attempt=2, steps=("search", "search more", "write"))
    agent.call("hitl_request", second)
    shown = person.wait("hitl_request", request_id=second["request_id"])
    assert shown["current_attempt"] == 2
    person.emit("hitl_response", {"request_id": second["request_id"], "action": "approve"})
    told = agent.wait("hitl_response", request_id=second["request_id"])
    assert has(told, {"user_choice": "approved", "message": APPROVED, "modification_instructions": None})
    sessions = [session_of(server, one["request_id"]) for one in (first, second)]
    linked = [
        {"session_id": session["session_id"], "attempt": number, "status": "completed"}
        for number, session in enumerate(sessions, start=1)
    ]
    for session in sessions:
        assert [{key: one[key] for key in linked[0]} for one in session["attempts"]] == linked


def test_nobody_answers_in_time(server, listen, transport):
    agent, person = listen(transport), listen(transport)
    over_socket, over_http = plan(timeout=1), plan(timeout=1)
    agent.call("hitl_request", over_socket)
    ask(server, over_http)
    for request in (over_socket, over_http):
        name = request["request_id"]
        late = person.wait("hitl_timeout", request_id=name)
        assert has(late, {"checkpoint_name": "PlanGeneration", "node_id": "root"}) and late["timestamp"]
        body = poll(server, name)
        assert set(body["response"]) == {"user_choice", "message", "modification_instructions"}
        assert body["response"]["user_choice"] == "timeout"
        assert body["response"]["modification_instructions"] is None
    assert agent.wait("hitl_response")["user_choice"] == "timeout"
    refused = person.call("hitl_response", {"request_id": over_http["request_id"], "action": "approve"})
    assert refused["code"] == "session_expired"


def test_a_cancelled_review_is_aborted(server, listen):
    agent = listen()
    request = plan()
    session_id = agent.call("hitl_request", request)["session_id"]
    assert server.cancel(session_id, reason="superseded").status_code == 200
    assert agent.wait("hitl_response")["user_choice"] == "aborted"
    assert poll(server, request["request_id"])["response"]["user_choice"] == "aborted"


def test_the_same_name_for_something_else_is_refused(server, listen, transport):
    agent = listen(transport)
    request = plan()
    ask(server, request)
    other = {**request, "data_for_review": {"plan": ["rm -rf /"]}}
    reply = ask(server, other)
    assert reply.status_code == 409
    assert reply.json()["code"] == "request_id_reused"
    refused = agent.call("hitl_request", other)
    assert (refused["success"], refused["status"], refused["code"]) == (False, 409, "request_id_reused")
    assert has(agent.wait("hitl_error"), {"code": "request_id_reused", "request_id": request["request_id"]})
    # The time at which it is sent is no content.
    assert ask(server, {**request, "timestamp": "2025-06-17T10:30:30.000000"}).status_code == 200
    assert server.api("/statistics")["statistics"]["total_sessions"] == 1


def test_a_socket_agent_repeats_itself_across_restarts_and_gets_its_answer(make_server, listen, transport):
    server = make_server().start()
    agent, person = listen(transport, to=server, only="joined"), listen("polling", to=server)
    request = plan()
    first = agent.call("hitl_request", request)
    assert agent.call("hitl_request", request) == first
    person.wait("hitl_request", count=2, request_id=request["request_id"])
    server.kill()
    server.start()
    for client in (agent, person):
        client.wait("connected", count=2)
    assert agent.call("hitl_request", request) == first
    person.call("hitl_response", {"request_id": request["request_id"], "action": "approve"})
    assert has(agent.wait("hitl_response"), {"request_id": request["request_id"], "user_choice": "approved"})
    # Answered while it was away, it is told as soon as it asks again.
    server.kill()
    server.start()
    agent.wait("connected", count=3)
    agent.emit("hitl_request", request)
    assert has(agent.wait("hitl_response", count=2), {"request_id": request["request_id"], "user_choice": "approved"})
    assert server.api("/statistics")["statistics"]["total_sessions"] == 1


def test_everybody_who_asked_is_told_and_nobody_else(server, listen):
    request = plan()
    askers = [listen(transport) for transport in ("polling", "websocket", "upgrade")]
    stranger = listen()
    for asker in askers:
        asker.emit("hitl_request", request)
    until_known = stranger.wait("hitl_request", count=3, request_id=request["request_id"])
    stranger.call("hitl_response", {"request_id": until_known["request_id"], "action": "abort"})
    for asker in askers:
        assert asker.wait("hitl_response")["user_choice"] == "aborted"
    server.open()
    for client in (*askers, stranger):
        client.wait("new_session", count=2)
    assert [len(client.all("hitl_response")) for client in (*askers, stranger)] == [1, 1, 1, 0]


def test_the_deadline_of_a_review_is_twenty_minutes_unless_configured(make_server):
    def seconds(server, **changes) -> float:
        request = plan(**changes)
        ask(server, request)
        session = session_of(server, request["request_id"])
        opened, expires = (datetime.fromisoformat(session[key]) for key in ("created_at", "expires_at"))
        return (expires - opened).total_seconds()

    default = make_server().start()
    assert seconds(default) == 1200
    assert seconds(default, timeout=30) == 30
    configured = make_server(env={"ASKWELL__EXECUTION__HITL_TIMEOUT_SECONDS": "77"}).start()
    assert seconds(configured) == 77
    assert configured.api("/system/hitl-debug")["hitl_status"]["timeout_seconds"] == 77


def test_the_paths_for_looking_around_tell_the_truth(server, listen):
    page = listen("polling")
    ask(server, plan())
    debug = server.api("/system/hitl-debug")
    assert set(debug) == {"hitl_status", "system_hitl_ready", "config_hitl_enabled", "environment_vars", "timestamp"}
    assert (debug["hitl_status"]["connected_clients"], debug["hitl_status"]["pending_requests"]) == (1, 1)
    ready = requests.get(f"{server.url}/readiness").json()
    assert set(ready) == {"ready", "components", "websocket_hitl_status", "timestamp"}
    assert ready["ready"] is True and all(ready["components"].values())
    tried = requests.post(f"{server.url}/api/system/hitl-test").json()
    assert {"success", "message", "timestamp"} <= set(tried) and tried["success"] is True
    assert page.wait("hitl_request", count=2)["checkpoint_name"] == "ServerAPITestCheckpoint"
