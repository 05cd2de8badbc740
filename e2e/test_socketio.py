"""Every event of the Socket.IO side, by the official Python client, over each transport."""

import requests
from conftest import confirmation
from sockets import has

REVIEW = {
    "checkpoint_name": "PlanGeneration",
    "context_message": "Please look at the plan",
    "data_for_review": {"steps": ["读取", "write"], "cost": 1.5},
    "node_id": "root.1",
    "current_attempt": 1,
    "timestamp": "2025-06-17T10:30:00.123456",
}
SEVEN = {*REVIEW, "request_id"}


def test_a_client_is_greeted(server, listen, transport):
    client = listen(transport)
    assert client.client.transport() == ("polling" if transport == "polling" else "websocket")
    greeting = client.wait("connected")
    assert greeting["message"] == "连接成功"
    assert greeting["server_time"].endswith("Z")
    assert greeting["cursor"] == server.api("/events", after="latest")["next_cursor"]


def test_every_change_is_told_to_whoever_joined_nothing(server, listen, transport):
    client = listen(transport)
    session = server.open(confirmation(extendable_seconds=60), workflow_id="w")
    session_id = session["session_id"]
    opened = client.wait("new_session", session_id=session_id)
    assert has(opened, session)
    cursors, versions = [opened["cursor"]], [opened["version"]]

    def step(name: str, kind: str, path: str, **body):
        reply = requests.post(f"{server.url}/api/sessions/{session_id}/{path}", json=body)
        assert reply.status_code == 200, reply.text
        event = client.wait(name, session_id=session_id, type=kind)
        assert event["session"] == reply.json()["session"]
        assert event["version"] == event["session"]["version"]
        cursors.append(event["cursor"])
        versions.append(event["version"])
        return event

    step("session_updated", "claimed", "claim", user_id="mei")
    step("session_updated", "released", "release", user_id="mei")
    step("session_updated", "extended", "extend", seconds=30)
    done = step("session_completed", "answered", "respond", response={"choice": "confirm"}, user_id="mei")
    assert done["session"]["response"]["response_data"] == {"choice": "confirm"}
    assert versions == [1, 2, 3, 4, 5]
    assert cursors == sorted(set(cursors))


def test_a_cancellation_says_why(server, listen, transport):
    client = listen(transport)
    session_id = server.open()["session_id"]
    assert server.cancel(session_id, reason="不需要了").status_code == 200
    cancelled = client.wait("session_cancelled", session_id=session_id)
    assert (cancelled["reason"], cancelled["session"]["status"]) == ("不需要了", "cancelled")
    assert cancelled["type"] == "cancelled"


def test_a_deadline_is_told(server, listen, transport):
    client = listen(transport)
    session_id = server.open(confirmation(timeout=1))["session_id"]
    late = client.wait("session_timeout", session_id=session_id)
    assert (late["type"], late["version"], late["session"]["status"]) == ("timed_out", 2, "timeout")


def test_joining_and_leaving_is_confirmed(server, listen, transport):
    client = listen(transport)
    session_id = server.open()["session_id"]
    client.emit("join_session", {"session_id": session_id})
    assert client.wait("joined_session") == {"session_id": session_id}
    assert client.call("join_session", {"session_id": session_id}) == {"success": True, "session_id": session_id}
    assert client.call("leave_session", {"session_id": session_id}) == {"success": True, "session_id": session_id}
    assert client.wait("left_session") == {"session_id": session_id}


def test_answering_and_cancelling_over_the_socket(server, listen, transport):
    client, other = listen(transport), listen()
    first, second = (server.open()["session_id"] for _ in range(2))
    # Without an acknowledgement first, as nobody need want one.
    client.emit("respond", {"session_id": first, "response": {"choice": "confirm"}, "user_id": "mei", "comment": "ok"})
    event = other.wait("session_completed", session_id=first)
    assert event["session"]["response"]["user_id"] == "mei"
    client.emit("cancel", {"session_id": second, "reason": "late"})
    assert other.wait("session_cancelled", session_id=second)["reason"] == "late"
    assert server.get(first)["status"] == "completed"
    assert server.get(second)["error_message"] == "late"


def test_who_looks_is_told_and_never_stored(server, listen, transport):
    first, second = listen(transport), listen()
    session_id = server.open()["session_id"]
    before = server.api("/events", after="latest")["next_cursor"]

    def names(event) -> list:
        return [viewer["name"] for viewer in event["viewers"]]

    assert first.call("viewing", {"session_id": session_id, "user_id": "mei"})["success"] is True
    presence = second.wait("presence", session_id=session_id)
    assert names(presence) == ["mei"]
    assert presence["viewers"][0]["since"].endswith("Z")
    second.call("viewing", {"session_id": session_id, "user_id": "li"})
    assert sorted(names(first.wait("presence", count=2, session_id=session_id))) == ["li", "mei"]
    first.call("viewing", {"session_id": None})
    assert names(second.wait("presence", count=3, session_id=session_id)) == ["li"]
    first.call("viewing", {"session_id": session_id, "user_id": "mei"})
    assert sorted(names(second.wait("presence", count=4, session_id=session_id))) == ["li", "mei"]
    # Whoever is gone looks no longer.
    first.close()
    assert names(second.wait("presence", count=5, session_id=session_id)) == ["li"]
    assert server.api("/events", after="latest")["next_cursor"] == before


def test_a_review_goes_from_the_agent_to_the_person_and_back(server, listen, transport):
    agent, person = listen(transport), listen(transport)
    taken = agent.call("hitl_request", {**REVIEW, "request_id": "r-1"})
    assert has(taken, {"success": True, "request_id": "r-1"})
    request = person.wait("hitl_request", request_id="r-1")
    assert SEVEN <= set(request)
    assert has(request, {key: REVIEW[key] for key in SEVEN - {"timestamp", "request_id"}})
    assert request["session_id"] == taken["session_id"]
    assert person.wait("new_session")["session_id"] == taken["session_id"]
    assert person.call("hitl_response", {"request_id": "r-1", "action": "approve"}) == {"success": True, "request_id": "r-1"}
    answer = agent.wait("hitl_response")
    assert has(
        answer,
        {
            "request_id": "r-1",
            "user_choice": "approved",
            "message": "User approved checkpoint 'PlanGeneration'",
            "modification_instructions": None,
            "session_id": taken["session_id"],
            "version": 2,
        },
    )
    assert answer["cursor"] == person.wait("session_completed")["cursor"]
    # Only whoever asked is told, and once.
    server.open()
    for client in (agent, person):
        client.wait_for_cursor(server.api("/events", after="latest")["next_cursor"])
    assert len(agent.all("hitl_response")) == 1
    assert person.all("hitl_response") == []


def test_a_review_that_nobody_answers_times_out_for_everybody(listen, transport):
    agent, person = listen(transport), listen(transport)
    agent.call("hitl_request", {**REVIEW, "request_id": "r-2", "timeout": 1})
    late = person.wait("hitl_timeout")
    assert has(late, {"request_id": "r-2", "checkpoint_name": "PlanGeneration", "node_id": "root.1"})
    assert late["timestamp"].endswith("Z")
    assert person.wait("session_timeout")["cursor"] == late["cursor"]
    assert has(agent.wait("hitl_response"), {"request_id": "r-2", "user_choice": "timeout", "modification_instructions": None})


def test_what_cannot_be_done_is_told(listen, transport):
    client = listen(transport)
    unknown = "018f0000-0000-7000-8000-000000000001"
    for number, (name, payload, code) in enumerate(
        [
            ("no_such_event", {"a": 1}, "unknown_event"),
            ("respond", {"session_id": unknown, "response": {"choice": "confirm"}}, "session_not_found"),
            ("join_session", {"session_id": unknown}, "session_not_found"),
            ("cancel", "text", "validation_failed"),
            ("hitl_response", {"request_id": "nobody's", "action": "approve"}, "session_not_found"),
            ("hitl_request", {"request_id": "r"}, "missing_field"),
        ],
        start=1,
    ):
        client.emit(name, payload)
        error = client.wait("hitl_error", count=number)
        assert error["code"] == code and error["message"], (name, error)
    assert client.all("hitl_error", code="session_not_found")[-1]["request_id"] == "nobody's"


def test_half_a_megabyte_goes_through_both_ways(server, listen, transport):
    agent, person = listen(transport), listen(transport)
    plan = {"steps": ["步" * 100_000, "x" * 200_000]}
    agent.call("hitl_request", {**REVIEW, "request_id": "large", "data_for_review": plan})
    request = person.wait("hitl_request", request_id="large")
    assert request["data_for_review"] == plan
    assert person.wait("new_session")["interaction_data"]["data_for_review"] == plan
    session_id = server.open({"interaction_type": "custom", "title": "Paste", "message": "", "schema": {}})["session_id"]
    answer = {"text": "答" * 50_000 + "y" * 350_000}
    done = person.call("respond", {"session_id": session_id, "response": answer})
    assert done["session"]["response"]["response_data"] == answer
    assert agent.wait("session_completed", session_id=session_id)["session"]["response"]["response_data"] == answer
    assert server.get(session_id)["response"]["response_data"] == answer
