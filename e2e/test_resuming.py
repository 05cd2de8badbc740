"""Long-poll, feed and stream."""

import json
import threading

import requests
from conftest import confirmation


def stream(server, headers=None, **params):
    reply = requests.get(
        f"{server.url}/api/events", params=params, headers={"Accept": "text/event-stream", **(headers or {})}, stream=True
    )
    assert reply.status_code == 200
    assert reply.headers["Content-Type"].startswith("text/event-stream")
    event = {}
    for line in reply.iter_lines(chunk_size=1, decode_unicode=True):
        if line == "":
            if "data" in event:
                yield event
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            event[name] = value.removeprefix(" ")


def test_a_long_poll_wakes_with_the_answer(server):
    session_id = server.open()["session_id"]
    waited = {}
    waiter = threading.Thread(target=lambda: waited.update(server.get(session_id, wait=60)))
    waiter.start()
    assert server.respond(session_id, {"choice": "cancel"}).status_code == 200
    waiter.join()
    assert waited["status"] == "completed"
    assert waited["response"]["response_data"] == {"choice": "cancel"}
    assert server.get(session_id, wait=60)["status"] == "completed"


def test_a_long_poll_without_an_answer_gives_the_session_as_it_is(server):
    session_id = server.open()["session_id"]
    assert server.get(session_id, wait=0.05)["status"] == "pending"


def test_stopping_answers_the_waiters(make_server):
    server = make_server().start()
    session_id = server.open()["session_id"]
    live = stream(server)
    assert json.loads(next(live)["data"])["session_id"] == session_id
    # Sent before the stop, on a connection that is known to be served.
    http = requests.Session()
    http.get(f"{server.url}/ready")
    waited = []
    waiter = threading.Thread(
        target=lambda: waited.append(http.get(f"{server.url}/api/sessions/{session_id}", params={"wait": 300}))
    )
    waiter.start()
    while "askwell_waiting 1" not in requests.get(f"{server.url}/metrics").text:
        pass
    assert server.stop() == 0
    waiter.join()
    assert waited[0].json()["session"]["status"] == "pending"
    assert list(live) == []


def test_the_stream_resumes_without_a_hole_or_a_double(make_server):
    server = make_server().start()
    ids = [server.open(confirmation(title=f"Question {n}"))["session_id"] for n in range(5)]
    live = stream(server)
    first = [next(live) for _ in range(3)]
    assert [event["event"] for event in first] == ["opened"] * 3
    server.kill()
    server.start()
    resumed = stream(server, headers={"Last-Event-ID": first[-1]["id"]})
    rest = [next(resumed) for _ in range(2)]
    assert [json.loads(event["data"])["session_id"] for event in first + rest] == ids
    server.respond(ids[0], {"choice": "confirm"})
    server.cancel(ids[1])
    answered, cancelled = next(resumed), next(resumed)
    assert answered["event"] == "answered"
    assert json.loads(answered["data"])["session"]["response"]["response_data"] == {"choice": "confirm"}
    assert cancelled["event"] == "cancelled"
    assert answered["id"] < cancelled["id"]


def test_a_stream_shows_each_change_with_the_session_as_it_was(server):
    session_id = server.open()["session_id"]
    server.respond(session_id, {"choice": "confirm"})
    opened, answered = server.api("/events")["events"]
    assert (opened["type"], opened["session"]["status"], opened["version"]) == ("opened", "pending", 1)
    assert (answered["type"], answered["session"]["status"], answered["version"]) == ("answered", "completed", 2)


def test_twenty_followers_all_see_everything_in_order(server):
    seen = [[] for _ in range(20)]
    wanted = 50

    def follow(ids: list):
        # From the oldest on, so that nobody misses what came before it listened.
        for event in stream(server):
            ids.append(event["id"])
            if len(ids) == wanted:
                return

    threads = [threading.Thread(target=follow, args=(ids,)) for ids in seen]
    for thread in threads:
        thread.start()
    for _ in range(wanted):
        server.open()
    for thread in threads:
        thread.join()
    assert all(ids == seen[0] for ids in seen)
    assert seen[0] == sorted(set(seen[0]))
