"""What the pages of both originals say and expect to hear, in the order in which they do."""

import requests
from agents import ask, outcome, plan, poll
from conftest import confirmation
from sockets import has

# What the second original's page shows of a request.
SEVEN = ("request_id", "checkpoint_name", "context_message", "data_for_review", "node_id", "current_attempt", "timestamp")


class FirstPage:
    """The first original's: a list of what waits, kept up to date by three events."""

    def __init__(self, server, listen, transport: str):
        self.server = server
        self.socket, self.followed = listen(transport), {}
        assert self.socket.wait("connected")["message"] == "连接成功"
        assert self.get("/api/health")["status"] == "healthy"
        self.load()

    def get(self, path: str) -> dict:
        reply = requests.get(self.server.url + path)
        assert reply.status_code == 200 and reply.headers["Content-Type"].startswith("application/json")
        return reply.json()

    def load(self) -> None:
        self.sessions = {one["session_id"]: one for one in self.get("/api/sessions")["sessions"]}

    def submit(self, session_id: str, response: dict) -> dict:
        reply = requests.post(
            f"{self.server.url}/api/sessions/{session_id}/respond", json={"response": response, "user_id": "web_user"}
        )
        return reply.json()

    def follow(self, name: str, count: int = 1) -> None:
        """Applies the next events of this name as the page does."""
        before = self.followed.get(name, 0)
        self.followed[name] = before + count
        self.socket.wait(name, count=before + count)
        for event in self.socket.all(name)[before : before + count]:
            if name == "new_session":
                self.sessions[event["session_id"]] = event
            else:
                del self.sessions[event["session_id"]]


def test_the_first_page_sees_everything_without_joining(server, listen, transport):
    old = server.open(confirmation(title="before it came"))
    page = FirstPage(server, listen, transport)
    assert list(page.sessions) == [old["session_id"]]
    form = server.open(
        {
            "interaction_type": "text_input",
            "title": "配置参数",
            "message": "请输入",
            "fields": [{"name": "port", "label": "端口", "field_type": "number", "required": True, "min_value": 1}],
        },
        workflow_id="deploy-1",
    )
    page.follow("new_session")
    shown = page.sessions[form["session_id"]]
    assert shown["interaction_data"]["fields"][0]["label"] == "端口"
    for key in ("session_id", "workflow_id", "callback_url", "status", "created_at", "updated_at", "expires_at", "interaction_data"):
        assert key in shown
    # It joins what it opens, sends every value as text, and leaves.
    page.socket.emit("join_session", {"session_id": form["session_id"]})
    assert page.socket.wait("joined_session") == {"session_id": form["session_id"]}
    refused = page.submit(form["session_id"], {"port": "many"})
    assert refused["success"] is False and refused["error"]
    done = page.submit(form["session_id"], {"port": "8080"})
    assert (done["success"], done["message"]) == (True, "响应已提交")
    page.follow("session_completed")
    page.socket.emit("leave_session", {"session_id": form["session_id"]})
    assert page.socket.wait("left_session") == {"session_id": form["session_id"]}
    cancelled = requests.post(f"{server.url}/api/sessions/{old['session_id']}/cancel", json={"reason": "用户取消"})
    assert cancelled.json()["success"] is True
    page.follow("session_cancelled")
    assert page.socket.wait("session_cancelled")["reason"] == "用户取消"
    assert page.sessions == {}
    page.load()
    assert page.sessions == {}
    assert page.get("/api/statistics")["statistics"]["completed_sessions"] == 1
    assert page.get(f"/api/sessions/{form['session_id']}")["session"]["response"]["response_data"] == {"port": 8080}
    assert {"confirmation", "selection", "text_input", "file_upload"} <= set(page.get("/api/templates")["templates"])


def test_two_first_pages_agree_on_what_waits(server, listen):
    pages = [FirstPage(server, listen, transport) for transport in ("polling", "websocket")]
    ids = [server.open(confirmation(title=str(n)))["session_id"] for n in range(10)]
    for page in pages:
        page.follow("new_session", 10)
    assert pages[0].submit(ids[0], {"choice": "confirm"})["success"] is True
    lost = pages[1].submit(ids[0], {"choice": "cancel"})
    assert lost["success"] is False and lost["error"] and lost["code"] == "session_closed"
    for page in pages:
        page.follow("session_completed")
        assert set(page.sessions) == set(ids[1:])


class SecondPage:
    """The second original's: polling only, one request at a time, comes back by its own means."""

    def __init__(self, server, listen, transport: str = "polling"):
        self.server, self.listen, self.transport = server, listen, transport
        self.load()

    def load(self) -> None:
        """As the browser does on opening and on reloading: nothing is remembered."""
        self.socket = self.listen(self.transport)
        assert self.socket.client.transport() == self.transport

    def shows(self, request_id: str, count: int = 1) -> dict:
        return self.socket.wait("hitl_request", count=count, request_id=request_id)

    def answers(self, request: dict, action: str, instructions: str | None = None) -> None:
        """It repeats what it was asked and wants no acknowledgement."""
        body = {
            "request_id": request["request_id"],
            "checkpoint_name": request["checkpoint_name"],
            "node_id": request["node_id"],
            "action": action,
            "timestamp": "2025-06-17T10:31:00.000Z",
        }
        self.socket.emit("hitl_response", {**body, **({"modification_instructions": instructions} if instructions else {})})


def test_the_second_page_sees_live_requests_and_answers_them(server, listen):
    page = SecondPage(server, listen)
    request = plan()
    assert ask(server, request).status_code == 200
    shown = page.shows(request["request_id"])
    assert has(shown, {key: request[key] for key in SEVEN if key != "timestamp"})
    assert shown["timestamp"].endswith("Z")
    page.answers(shown, "approve")
    assert poll(server, request["request_id"]) == outcome(
        request["request_id"], "approved", "User approved checkpoint 'PlanGeneration'"
    )
    assert page.socket.all("hitl_error") == []


def test_the_second_page_sees_open_requests_when_it_comes_and_after_a_reload(server, listen):
    requests_ = [plan(checkpoint_name=f"Checkpoint{n}", node_id=f"n{n}") for n in range(3)]
    for request in requests_:
        ask(server, request)
    page = SecondPage(server, listen)
    page.socket.wait("hitl_request", count=3)
    assert [shown["request_id"] for shown in page.socket.all("hitl_request")] == [one["request_id"] for one in requests_]
    for shown, request in zip(page.socket.all("hitl_request"), requests_, strict=True):
        assert has(shown, {key: request[key] for key in SEVEN if key != "timestamp"})
    page.answers(page.shows(requests_[1]["request_id"]), "abort")
    poll(server, requests_[1]["request_id"])
    page.load()
    page.socket.wait("hitl_request", count=2)
    live = plan()
    ask(server, live)
    page.shows(live["request_id"])
    assert [shown["request_id"] for shown in page.socket.all("hitl_request")] == [
        requests_[0]["request_id"],
        requests_[2]["request_id"],
        live["request_id"],
    ]


def test_the_second_page_is_told_what_went_wrong(server, listen):
    page = SecondPage(server, listen)
    request = plan()
    ask(server, request)
    shown = page.shows(request["request_id"])
    for number, (action, instructions) in enumerate((("approved", None), ("modify", None), ("modify", "  "), ("", None)), start=1):
        page.answers(shown, action, instructions)
        error = page.socket.wait("hitl_error", count=number)
        assert has(error, {"code": "validation_failed", "request_id": request["request_id"]}) and error["message"]
    page.answers({**shown, "request_id": "nobody's"}, "approve")
    assert has(page.socket.wait("hitl_error", count=5), {"code": "session_not_found", "request_id": "nobody's"})
    page.answers(shown, "modify", "先做检索")
    assert poll(server, request["request_id"])["response"]["modification_instructions"] == "先做检索"
    page.answers(shown, "approve")
    assert has(page.socket.wait("hitl_error", count=6), {"code": "session_closed", "request_id": request["request_id"]})


def test_the_second_page_sees_a_repeated_request_again(server, listen):
    page = SecondPage(server, listen)
    request = plan()
    for count in (1, 2, 3):
        assert ask(server, request).status_code == 200
        page.shows(request["request_id"], count=count)
    assert len(page.socket.all("new_session")) == 1


def test_the_second_page_comes_back_to_a_restarted_server(make_server, listen):
    server = make_server().start()
    first, second = plan(), plan(node_id="other")
    page = SecondPage(server, lambda transport: listen(transport, to=server))
    ask(server, first)
    page.shows(first["request_id"])
    server.kill()
    server.start()
    # Its library comes back; what was open is shown again.
    page.socket.wait("connected", count=2)
    page.shows(first["request_id"], count=2)
    ask(server, second)
    page.answers(page.shows(second["request_id"]), "approve")
    page.answers(page.shows(first["request_id"]), "abort")
    assert poll(server, second["request_id"])["response"]["user_choice"] == "approved"
    assert poll(server, first["request_id"])["response"]["user_choice"] == "aborted"


def test_the_page_without_any_socket_answers_over_http(server):
    request = plan()
    ask(server, request)
    pending = server.api("/system/hitl-pending")
    assert pending["success"] is True
    assert has(pending["requests"][0], {key: request[key] for key in SEVEN if key != "timestamp"})
    body = {"request_id": request["request_id"], "action": "modify", "modification_instructions": "less"}
    reply = requests.post(f"{server.url}/api/system/hitl-response", json=body)
    assert (reply.status_code, reply.json()) == (200, {"success": True, "request_id": request["request_id"]})
    assert poll(server, request["request_id"])["response"]["user_choice"] == "request_modification"
    assert server.api("/system/hitl-pending")["requests"] == []
