"""A client that was away catches up by its cursor: without a hole, without a double."""

import json

import pytest
from conftest import confirmation
from raw_sockets import Websocket
from sockets import CHANGES, feed
from traffic import Traffic

UNKNOWN_CURSOR = "zzz"


def ids(listener, name: str = "new_session") -> list:
    return [event["session_id"] for event in listener.all(name)]


def catch_up(server, *listeners) -> list[tuple]:
    happened = feed(server)
    for listener in listeners:
        listener.wait_for_cursor(happened[-1][0])
    return happened


def test_subscribing_after_a_cursor_tells_what_was_missed_and_then_what_comes(server, listen, transport):
    early = listen(transport)
    first, second = server.open()["session_id"], server.open()["session_id"]
    early.wait("new_session", count=2)
    late = listen(transport)
    server.respond(first, {"choice": "confirm"})
    late.wait("session_completed")
    before = len(late.heard)
    reply = late.call("subscribe", {"after": early.all("new_session")[0]["cursor"]})
    assert reply == {"success": True, "cursor": early.all("new_session")[0]["cursor"]}
    late.wait("session_completed", count=2)
    server.cancel(second)
    late.wait("session_cancelled")
    told = [(one.name, one.data["session_id"]) for one in late.heard[before:]]
    assert told == [("new_session", second), ("session_completed", first), ("session_cancelled", second)]


def test_subscribing_from_now_on_moves_nothing(server, listen, transport):
    client = listen(transport)
    reply = client.call("subscribe", {})
    assert reply["success"] is True and reply["cursor"] == client.wait("connected")["cursor"]
    assert client.call("subscribe", {"after": "latest"})["success"] is True
    session_id = server.open()["session_id"]
    client.wait("new_session")
    assert ids(client) == [session_id]


def test_one_workflow_only(server, listen, transport):
    client = listen(transport)
    start = client.cursor
    for workflow in ("a", "b", "a"):
        server.open(workflow_id=workflow)
    client.wait("new_session", count=3)
    client.call("subscribe", {"after": start, "workflow_id": "b"})
    client.wait("new_session", count=4)
    server.open(workflow_id="a")
    server.open(workflow_id="b")
    client.wait("new_session", count=5)
    assert [event["workflow_id"] for event in client.all("new_session")] == ["a", "b", "a", "b", "b"]


@pytest.mark.parametrize("payload", [{"after": UNKNOWN_CURSOR}, {"after": 7}, {"after": []}, "x", [1], {"workflow_id": {}}])
def test_a_bad_subscription_is_refused_and_changes_nothing(server, listen, transport, payload):
    client = listen(transport)
    assert client.call("subscribe", payload)["success"] is False
    session_id = server.open()["session_id"]
    client.wait("new_session")
    assert ids(client) == [session_id]


def test_connecting_after_a_cursor(server, listen, transport):
    first = listen(transport)
    start = first.cursor
    wanted = [server.open()["session_id"] for _ in range(3)]
    late = listen(transport, after=start)
    late.wait("new_session", count=3)
    wanted.append(server.open()["session_id"])
    late.wait("new_session", count=4)
    assert ids(late) == wanted
    assert late.wait("connected")["cursor"] == start


@pytest.mark.parametrize("after", [UNKNOWN_CURSOR, "x" * 1000])
def test_connecting_after_what_is_no_cursor_goes_on_live(server, listen, transport, after):
    server.open()
    client = listen(transport, after=after)
    assert client.wait("hitl_error")["code"] == "invalid_cursor"
    assert server.open()["session_id"] == client.wait("new_session")["session_id"]
    assert len(client.all("new_session")) == 1


def test_an_agent_hears_only_of_what_it_joined(server, listen, transport):
    agent, other = listen(transport, only="joined"), listen()
    joined, left, foreign = (server.open()["session_id"] for _ in range(3))
    for session_id in (joined, left):
        assert agent.call("join_session", {"session_id": session_id})["success"] is True
    assert agent.call("leave_session", {"session_id": left})["success"] is True
    for session_id in (foreign, left, joined):
        server.respond(session_id, {"choice": "confirm"})
    agent.wait("session_completed", session_id=joined)
    assert [one.data["session_id"] for one in agent.heard if one.name in CHANGES] == [joined]
    other.wait("session_completed", count=3)


def test_open_reviews_are_shown_to_whoever_comes_and_not_to_whoever_resumes(server, listen, transport):
    agent = listen(transport, only="joined")
    for name in ("a", "b", "c"):
        request = {"request_id": name, "checkpoint_name": name, "context_message": "", "node_id": "n"}
        assert agent.call("hitl_request", request)["success"] is True
    server_cursor = server.api("/events", after="latest")["next_cursor"]
    agent.call("hitl_response", {"request_id": "b", "action": "abort"})
    fresh = listen(transport)
    fresh.wait("hitl_request", count=2)
    resumed, joined = listen(transport, after=server_cursor), listen(transport, only="joined")
    assert resumed.wait("session_completed")["session"]["request_id"] == "b"
    agent.call("hitl_response", {"request_id": "a", "action": "approve"})
    for client in (fresh, resumed):
        client.wait("session_completed", version=2)
    assert [event["request_id"] for event in fresh.all("hitl_request")] == ["a", "c"]
    # The one whose opening the cursor names, as a client may have left between the two events of a change.
    assert [event["request_id"] for event in resumed.all("hitl_request")] == ["c"]
    assert joined.all("hitl_request") == []
    assert fresh.all("new_session") == []


def test_a_review_is_told_once_to_whoever_comes_while_it_opens(server, listen, transport):
    traffic = Traffic(server)
    comers = []
    for _ in range(8):
        traffic.wait(2)
        comers.append(listen(transport))
    traffic.wait(5)
    traffic.stop()
    happened = catch_up(server, *comers)
    for comer in comers:
        start = comer.wait("connected")["cursor"]
        assert comer.changes() == [change for change in happened if change[0] > start]
        requests = [event["request_id"] for event in comer.all("hitl_request")]
        assert len(requests) == len(set(requests))


def test_a_long_backlog_comes_in_one_go(server, listen, transport):
    start = listen().cursor
    for _ in range(200):
        server.open()
    late = listen(transport, after=start)
    happened = catch_up(server, late)
    assert late.changes() == happened
    assert late.all("disconnect") == []


def test_whoever_is_cut_between_two_events_of_a_change_gets_the_second(server, listen):
    listener = Websocket(server.url).connect()
    listen().call("hitl_request", {"request_id": "r", "checkpoint_name": "c", "context_message": "", "node_id": "n"})
    # It hears one of the change's two events and is gone.
    first = json.loads(listener.wait('"cursor"')[2:])
    listener.close()
    late = listen(after=first[1]["cursor"])
    second = "hitl_request" if first[0] == "new_session" else "new_session"
    assert late.wait(second)["version"] == 1


@pytest.mark.parametrize("kills", [3])
def test_a_killed_server_costs_no_client_a_change(make_server, listen, transport, kills):
    server = make_server().start()
    listeners = [listen(transport, to=server, resumes=True) for _ in range(3)]
    traffic = Traffic(server)
    for number in range(1, kills + 1):
        traffic.wait(10)
        server.kill()
        server.start()
        for listener in listeners:
            listener.wait("connected", count=number + 1)
    traffic.wait(10)
    traffic.stop()
    happened = catch_up(server, *listeners)
    print(f"{len(happened)} changes, {kills} kills")
    assert len(happened) > 40
    for listener in listeners:
        assert listener.changes() == happened
        assert len(listener.all("disconnect")) == kills
        wanted = [session_id for _, session_id, _, kind in happened if kind == "opened"]
        assert ids(listener) == wanted


def test_whoever_names_no_cursor_hears_what_comes_after_it_is_back(make_server, listen, transport):
    server = make_server().start()
    client = listen(transport, to=server)
    server.open(confirmation(title="before"))
    client.wait("new_session")
    server.kill()
    server.start()
    client.wait("connected", count=2)
    server.open(confirmation(title="after"))
    client.wait("new_session", count=2)
    assert [event["interaction_data"]["title"] for event in client.all("new_session")] == ["before", "after"]
