"""What MCP promises beyond what its clients let one see: tasks, resuming, and who may come in."""

import json

import pytest
import requests
from mcp_wire import TASKS, Legacy, Wire, events, final

TAKES_TASKS = {"extensions": {TASKS: {}}}


def as_task(server, **arguments) -> dict:
    return Wire(server, TAKES_TASKS).call("ask_human", title="Deploy?", **arguments)


def only(server) -> str:
    (session,) = server.api("/sessions", status="all")["sessions"]
    return session["session_id"]


def test_who_takes_tasks_is_given_one(server):
    task = as_task(server)
    assert (task["resultType"], task["status"]) == ("task", "working")
    assert task["taskId"] and task["pollIntervalMs"] > 0
    wire = Wire(server, TAKES_TASKS)
    assert wire.ask("tasks/get", taskId=task["taskId"])["status"] == "working"
    # It is on disk before it is told of.
    server.kill()
    server.start()
    assert Wire(server, TAKES_TASKS).ask("tasks/get", taskId=task["taskId"])["status"] == "working"
    server.respond(only(server), {"choice": "confirm"})
    done = wire.ask("tasks/get", taskId=task["taskId"])
    assert done["status"] == "completed"
    assert done["result"]["structuredContent"]["response"] == {"choice": "confirm"}
    assert json.loads(done["result"]["content"][0]["text"]) == done["result"]["structuredContent"]


def test_a_cancelled_task_is_a_cancelled_question(server):
    task = as_task(server)
    wire = Wire(server, TAKES_TASKS)
    assert "error" not in wire.ask("tasks/cancel", taskId=task["taskId"])
    assert server.get(only(server))["status"] == "cancelled"
    assert wire.ask("tasks/get", taskId=task["taskId"])["status"] == "cancelled"


def test_a_task_is_only_for_who_waits_for_a_question(server):
    wire = Wire(server, TAKES_TASKS)
    asked = wire.call("ask_human", title="Deploy?", wait_seconds=0)
    assert asked["resultType"] == "complete"
    request_id = asked["structuredContent"]["request_id"]
    for tool, arguments in {
        "get_response": {"request_id": request_id, "wait_seconds": 1},
        "list_requests": {},
        "notify_human": {"title": "Deployed", "message": ""},
        "cancel_request": {"request_id": request_id},
    }.items():
        assert wire.call(tool, **arguments)["resultType"] == "complete", tool
    # And never for one that did not say that it takes tasks.
    assert Wire(server).call("ask_human", title="Deploy?", wait_seconds=1)["resultType"] == "complete"


def test_an_unknown_task_is_an_error(server):
    for method in ("tasks/get", "tasks/cancel"):
        told = Wire(server, TAKES_TASKS).ask(method, taskId="018f0000-0000-7000-8000-000000000000")
        assert told["error"]["code"] == -32602, told


def test_an_answer_that_came_while_the_stream_was_gone_is_replayed(server):
    client = Legacy(server)
    call = {"name": "ask_human", "arguments": {"title": "Deploy?", "wait_seconds": 600}}
    reply = client.send("tools/call", stream=True, **call, _meta={"progressToken": 1})
    last, told = next(events(reply))
    assert told["method"] == "notifications/progress" and last
    reply.close()
    server.respond(only(server), {"choice": "confirm"})
    answer = next(said for _, said in events(client.resume(last)) if "result" in said)
    assert answer["result"]["structuredContent"]["response"] == {"choice": "confirm"}
    # As often as it is asked for, and at once where it is there.
    again = next(said for _, said in events(client.resume(last)) if "result" in said)
    assert again == answer


def test_a_stream_that_is_resumed_too_early_goes_on(server):
    client = Legacy(server)
    call = {"name": "ask_human", "arguments": {"title": "Deploy?", "wait_seconds": 600}}
    reply = client.send("tools/call", stream=True, **call, _meta={"progressToken": 1})
    last, _ = next(events(reply))
    reply.close()
    resumed = client.resume(last)
    server.respond(only(server), {"choice": "confirm"})
    answer = next(said for _, said in events(resumed) if "result" in said)
    assert answer["result"]["structuredContent"]["status"] == "completed"


@pytest.mark.parametrize("era", [Wire, Legacy])
def test_a_page_elsewhere_is_kept_out(server, era):
    own = {"Origin": server.url}
    if era is Wire:
        assert Wire(server, **own).send("tools/list").status_code == 200
        refused = [
            Wire(server, Origin=origin).send("tools/list") for origin in ("https://evil.example", "null")
        ] + [Wire(server, Host="evil.example").send("tools/list")]
    else:
        assert Legacy(server, **own).hello["serverInfo"]
        body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        accept = {"Accept": "application/json, text/event-stream"}
        refused = [
            requests.post(f"{server.url}/mcp", json=body, headers={**accept, **headers})
            for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"})
        ]
    # 421 is for a Host that is not ours, as everywhere; no tool saw the request.
    assert [reply.status_code for reply in refused[:2]] == [403, 403]
    assert refused[2].status_code in (403, 421)


def test_bad_input_is_the_clients_fault(server):
    accept = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    for body in (b"", b"{", b"[]", b"7", b'{"jsonrpc": "2.0"}', b'{"a": 1, "a": 2}', b"\xff", b"[" * 100_000):
        reply = requests.post(f"{server.url}/mcp", data=body, headers=accept)
        assert 400 <= reply.status_code < 500, (body[:20], reply.status_code, reply.text)
    big = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"x": "x" * (5 << 20)}})
    assert requests.post(f"{server.url}/mcp", data=big, headers=accept).status_code == 413
    assert final(Wire(server).send("tools/list"))["result"]["tools"]


def test_no_tool_answers(server):
    """Whatever an agent sends to whatever tool, the question stays open or is cancelled."""
    request_id = server.open()["session_id"]
    wire = Wire(server)
    answers = {"response": {"choice": "confirm"}, "choice": "confirm", "action": "approve", "decision": "approve"}
    for tool in wire.ask("tools/list")["tools"]:
        properties = tool["inputSchema"].get("properties", {})
        assert not {"response", "answer", "choice", "decision"} & set(properties), tool["name"]
        if tool["name"] not in ("cancel_request", "permission_prompt"):
            wire.call(tool["name"], request_id=request_id, title="x", message="x", wait_seconds=0, **answers)
    assert "error" in wire.call("respond", request_id=request_id, **answers)
    assert server.get(request_id)["status"] == "pending"
