"""The Python client, as it is installed from its wheel, against the real server."""

import asyncio
import concurrent.futures
import logging
import multiprocessing
import signal
import subprocess
import sys
import threading

import askwell as package
import pytest
import requests
from askwell import (
    Askwell,
    AsyncAskwell,
    Cancelled,
    InvalidSignature,
    Patience,
    Problem,
    TimedOut,
    Unreachable,
    confirmation,
    custom,
    file_upload,
    selection,
    text_input,
    verify_webhook,
)
from conftest import BINARY, ROOT
from gate import Gate
from person import Person
from receiver import Receiver

QUICK = Patience(first_retry=0.02, longest_retry=0.1, longest_socket_retry=0.1)
NOW = Patience(retry_for=0.2, grace=0.1, first_retry=0.02, longest_retry=0.05)


@pytest.fixture
def askwell(server):
    with Askwell(server.url, language="en", patience=QUICK) as client:
        yield client


def in_background(call, *arguments, **named) -> concurrent.futures.Future:
    """A call in a thread of its own, which never keeps the tests from ending."""
    future = concurrent.futures.Future()

    def run():
        try:
            future.set_result(call(*arguments, **named))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def opened(server, count: int = 1) -> list[dict]:
    while True:
        sessions = server.api("/sessions")["sessions"]
        if len(sessions) >= count:
            return sessions


def test_it_is_the_wheel_that_is_tested():
    assert str(ROOT / "target/venv") in package.__file__
    assert package.__version__ in next((ROOT / "target/wheels").glob("askwell-*.whl")).name


def test_every_kind_of_question(server, askwell):
    answers = {
        "confirmation": {"choice": "deploy"},
        "selection": {"selection": ["a", "c"]},
        "text_input": {"host": "build-3", "port": 8080},
        "custom": {"score": 4},
    }
    Person(server, lambda session: answers[session["interaction_data"]["interaction_type"]])
    options = [{"value": "deploy", "label": "Deploy"}, {"value": "hold", "label": "Hold back"}]
    fields = [
        {"name": "host", "label": "Host", "field_type": "text"},
        {"name": "port", "label": "P", "field_type": "integer"},
    ]
    asked = [
        confirmation("Deploy?", "42 commits.", options=options, consequences={"on_answer": "It is live at once."}),
        selection("Which?", options=["a", "b", "c"], multiple=True, min_choices=1),
        text_input("Where?", fields=fields),
        custom("How good?", schema={"type": "object", "properties": {"score": {"type": "integer"}}}),
        {"interaction_type": "confirmation", "title": "By hand", "message": "", "options": ["deploy", "hold"]},
    ]
    for interaction in asked:
        answer = askwell.ask(interaction, timeout=60, risk="high", tags=["e2e"], metadata={"n": 1}, workflow_id="w")
        assert answer.data == answers[interaction["interaction_type"]]
        assert (answer.source, answer.user_id) == ("person", "li.wei")
        assert answer.session.warnings == ()
        assert answer.session.raw["risk"] == "high"
        assert answer.session.raw["metadata"] == {"n": 1}
    assert len(askwell.list(workflow_id="w")) == len(asked)
    assert [s.status for s in askwell.list(tag="e2e", status=["completed", "timeout"], limit=2)] == ["completed"] * 2
    assert askwell.list(status="all", q="By hand", limit=1)[0].interaction_data["title"] == "By hand"


def test_uploaded_files_can_be_fetched(server, askwell):
    session = askwell.open(file_upload("The report", accept_types=[".txt"], max_file_size="1MB"))
    content = "安全报告\n".encode() * 1000
    files = {"file": ("report.txt", content, "text/plain")}
    uploaded = requests.post(f"{server.url}/api/sessions/{session.session_id}/files", files=files).json()["file"]
    waiting = in_background(askwell.wait, session.session_id)
    askwell.respond(session.session_id, {"files": [uploaded["file_id"]]}, user_id="li.wei")
    answer = waiting.result()
    assert [askwell.download(session.session_id, file_id) for file_id in answer.data["files"]] == [content]
    with pytest.raises(Problem, match="file_not_found"):
        askwell.download(session.session_id, "../../health")


def test_a_comment_and_the_hash_of_what_was_seen(askwell):
    session = askwell.open(confirmation("Deploy?"))
    with pytest.raises(Problem) as raised:
        askwell.respond(session.session_id, {"choice": "confirm"}, content_hash="0" * 64)
    assert (raised.value.status, raised.value.code) == (412, "content_changed")
    askwell.respond(session.session_id, {"choice": "confirm"}, content_hash=session.content_hash, comment="Fine.")
    assert askwell.wait(session.session_id).comment == "Fine."


def test_wrong_input_says_where_and_what(askwell, caplog):
    with pytest.raises(Problem) as raised:
        askwell.ask(selection("x" * 300, options=["a", "a"]))
    problem = raised.value
    assert (problem.status, problem.code) == (422, "validation_failed")
    assert {error.pointer for error in problem.errors} == {"/interaction_data/title", "/interaction_data/options/1"}
    assert "Too long: 300 characters, at most 200 allowed." in str(problem)
    with pytest.raises(Problem, match="/interaction_data/timeout"):
        askwell.ask(confirmation("T"), timeout=0.5)
    with pytest.raises(Problem, match="is no kind of question known here"):
        askwell.ask({"interaction_type": "guess", "title": "T", "message": ""})
    session = askwell.open({**confirmation("T"), "colour": "red"})
    assert [(w.pointer, w.code) for w in session.warnings] == [("/interaction_data/colour", "unknown_key")]
    assert "/interaction_data/colour" in caplog.text
    with pytest.raises(Problem) as raised:
        askwell.respond(session.session_id, {"choice": "perhaps"})
    assert raised.value.errors[0].code == "unknown_option"
    askwell.respond(session.session_id, {"choice": "confirm"}, user_id="li.wei")
    askwell.respond(session.session_id, {"choice": "confirm"}, user_id="li.wei")
    with pytest.raises(Problem, match=r"li\.wei") as raised:
        askwell.respond(session.session_id, {"choice": "cancel"}, user_id="wu.min")
    assert (raised.value.status, raised.value.code) == (409, "session_closed")
    for call in (askwell.get, askwell.wait, askwell.outcome, askwell.cancel):
        with pytest.raises(Problem, match="session_not_found"):
            call("no-such-session/../../health")
    with pytest.raises(ValueError, match="JSON"):
        askwell.open(confirmation("T"), metadata={"n": float("nan")})


def test_every_other_end_raises_and_says_which(askwell):
    with pytest.raises(TimedOut, match="deadline") as raised:
        askwell.ask(confirmation("Silence"), timeout=1)
    assert raised.value.session.status == "timeout"
    session = askwell.open(confirmation("Superseded"))
    waiting = in_background(askwell.wait, session.session_id)
    outcome = in_background(askwell.outcome, session.session_id)
    askwell.cancel(session.session_id, "a newer build exists")
    with pytest.raises(Cancelled, match="a newer build exists"):
        waiting.result()
    assert (outcome.result().status, outcome.result().answer) == ("cancelled", None)


def test_a_default_is_an_answer_only_if_it_was_asked_for(askwell):
    question = confirmation("Silence", default_value="cancel")
    answer = askwell.ask(question, timeout=1, on_timeout="default")
    assert (answer.data, answer.source, answer.user_id) == ({"choice": "cancel"}, "timeout", None)
    with pytest.raises(TimedOut):
        askwell.ask(question, timeout=1)
    with pytest.raises(Problem, match="silence_not_allowed"):
        askwell.review("Plan", "", {"plan": []}, node_id="n", on_timeout="default", timeout=1)


def test_the_callers_own_clock(server, askwell):
    session = askwell.open(confirmation("Slow"), timeout=600)
    with pytest.raises(TimedOut) as raised:
        askwell.wait(session.session_id, timeout=0.1)
    assert raised.value.session.is_open
    askwell.respond(session.session_id, {"choice": "confirm"})
    assert askwell.wait(session.session_id, timeout=0).source == "person"


def test_the_answer_comes_by_the_socket_without_a_long_poll(server, askwell, caplog):
    caplog.set_level(logging.DEBUG, "askwell")
    session = askwell.open(confirmation("Deploy?"))
    waiting = in_background(askwell.wait, session.session_id)
    reads = 'askwell_http_requests_total{method="GET",route="/api/sessions/{session_id}",status="200"}'
    while f"{reads} 1" not in requests.get(f"{server.url}/metrics").text:
        pass
    server.respond(session.session_id, {"choice": "confirm"})
    assert waiting.result().source == "person"
    # Read once after it was joined, and once when it was told of the change: nothing was held, nothing repeated.
    assert f"{reads} 2" in requests.get(f"{server.url}/metrics").text
    assert f"socket to {server.url} is up" in caplog.text
    while server.get(session.session_id)["delivery"]["state"] != "delivered":
        pass


def test_it_waits_through_kills_and_restarts(make_server):
    server = make_server().start()
    with Askwell(server.url, patience=QUICK) as askwell:
        waiting = in_background(askwell.ask, confirmation("Deploy?"), timeout=600)
        (session,) = opened(server)
        for _ in range(5):
            server.kill()
            server.start()
            server.stop()
            server.start()
            assert not waiting.done()
        server.respond(session["session_id"], {"choice": "confirm"}, user_id="li.wei")
        assert waiting.result().user_id == "li.wei"


def test_an_answer_just_before_a_kill_arrives_after_it(make_server):
    server = make_server().start()
    with Askwell(server.url, patience=QUICK) as askwell:
        for _ in range(5):
            session = askwell.open(confirmation("Deploy?"))
            waiting = in_background(askwell.wait, session.session_id)
            server.respond(session.session_id, {"choice": "cancel"})
            server.kill()
            server.start()
            assert waiting.result().data == {"choice": "cancel"}


def test_opening_while_the_server_is_down_asks_once(make_server):
    server = make_server().start()
    with Askwell(server.url, patience=QUICK) as askwell:
        server.kill()
        waiting = in_background(askwell.ask, confirmation("Deploy?"), timeout=600)
        server.start()
        (session,) = opened(server)
        server.respond(session["session_id"], {"choice": "confirm"})
        assert waiting.result().session.session_id == session["session_id"]
        assert server.api("/statistics")["statistics"]["total_sessions"] == 1


def test_an_idempotency_key_finds_the_answer_again(make_server):
    server = make_server().start()
    question, key = confirmation("Deploy?"), {"idempotency_key": "release-7", "timeout": 600}
    with Askwell(server.url, patience=QUICK) as askwell:
        session = askwell.open(question, **key)
        askwell.respond(session.session_id, {"choice": "confirm"}, user_id="li.wei")
    server.kill()
    server.start()
    with Askwell(server.url, patience=QUICK) as askwell:
        assert askwell.ask(question, **key).session.session_id == session.session_id
        with pytest.raises(Problem, match="idempotency_mismatch"):
            askwell.ask(confirmation("Something else?"), **key)


def test_never_open_when_the_server_is_gone_for_good(make_server):
    server = make_server().start()
    with Askwell(server.url, patience=NOW) as askwell:
        session = askwell.open(confirmation("Deploy?", default_value="confirm"), on_timeout="default", timeout=1)
        waiting = in_background(askwell.wait, session.session_id)
        bounded = in_background(askwell.wait, session.session_id, timeout=0.5)
        server.kill()
        for wait in (waiting, bounded):
            with pytest.raises(TimedOut):
                wait.result()
        with pytest.raises(Unreachable):
            askwell.ask(confirmation("Deploy?"))
        assert askwell.outcome(session.session_id, timeout=0.1).answer is None


def test_an_agent_whose_server_dies_does_nothing(make_server, tmp_path):
    server = make_server().start()
    agent = tmp_path / "agent.py"
    agent.write_text(
        "from askwell import Askwell, Patience, confirmation\n"
        f"askwell = Askwell({server.url!r}, patience=Patience(grace=0.1, retry_for=0.2))\n"
        "answer = askwell.ask(confirmation('Deploy?'), timeout=1)\n"
        "print('deployed')\n"
    )
    process = subprocess.Popen([sys.executable, agent], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    opened(server)
    server.kill()
    out, err = process.communicate()
    assert (process.returncode, out) == (1, "")
    # Which of the two depends on whether it still heard that its question was opened.
    assert "askwell.errors.TimedOut" in err or "askwell.errors.Unreachable" in err


def test_two_hundred_threads_share_one_client(server, askwell):
    fields = [{"name": "number", "label": "Number", "field_type": "integer"}]
    Person(server, lambda session: {"number": session["metadata"]["number"]})

    def ask(number: int) -> int:
        question = text_input(f"Question {number}", fields=fields)
        return askwell.ask(question, metadata={"number": number}, timeout=600).data["number"]

    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        assert list(pool.map(ask, range(200))) == list(range(200))


def test_two_hundred_tasks_wait_at_once_through_a_restart(make_server):
    server = make_server().start()

    async def agent():
        async with AsyncAskwell(server.url, patience=QUICK) as askwell:
            fields = [{"name": "number", "label": "Number", "field_type": "integer"}]
            asks = [
                asyncio.create_task(askwell.ask(text_input(f"{n}", fields=fields), timeout=600)) for n in range(200)
            ]
            sessions = await asyncio.to_thread(opened, server, 200)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            for session in sessions:
                number = int(session["interaction_data"]["title"])
                await asyncio.to_thread(server.respond, session["session_id"], {"number": number})
            return [answer.data["number"] for answer in await asyncio.gather(*asks)]

    assert asyncio.run(agent()) == list(range(200))


@pytest.mark.parametrize("socket", ["refuse", "hang"])
def test_a_proxy_without_websockets(make_server, socket):
    server = make_server().start()
    gate = Gate(server.url, socket)
    with Askwell(gate.url, patience=Patience(socket=0.2, first_retry=0.02, longest_retry=0.1)) as askwell:
        waiting = in_background(askwell.ask, confirmation("Deploy?"), timeout=600)
        (session,) = opened(server)
        while "askwell_waiting 1" not in requests.get(f"{server.url}/metrics").text:
            pass
        assert gate.refused >= 1
        # It says 502 for a while, as in every deployment.
        server.kill()
        server.start()
        server.respond(session["session_id"], {"choice": "confirm"}, user_id="li.wei")
        assert waiting.result().user_id == "li.wei"
        gate.broken = True
        with pytest.raises(TimedOut):
            askwell.wait(session["session_id"], timeout=0.2)


def test_the_feed_goes_on_after_a_kill_without_a_hole_or_a_double(make_server):
    server = make_server().start()
    with Askwell(server.url, patience=QUICK) as askwell:
        events = askwell.events(after=None)
        session = askwell.open(confirmation("1"))
        first = next(events)
        assert (first.type, first.session.session_id, first.version) == ("opened", session.session_id, 1)
        server.kill()
        server.start()
        askwell.respond(session.session_id, {"choice": "confirm"})
        askwell.open(confirmation("2"))
        seen = [next(events), next(events)]
        assert [event.type for event in seen] == ["answered", "opened"]
        events.close()
        again = askwell.events(after=first.cursor)
        assert [next(again).cursor, next(again).cursor] == [event.cursor for event in seen]
        with pytest.raises(Problem, match="invalid_cursor"):
            next(askwell.events(after="nonsense"))


def test_callbacks_are_checked(server, askwell):
    receiver = Receiver()
    session = askwell.open(confirmation("Deploy?"), callback_url=receiver.url, workflow_id="w")
    askwell.respond(session.session_id, {"choice": "confirm"})
    (call,) = receiver.wait(1)
    receiver.close()
    command = [str(BINARY), "webhook-secret", "--data-dir", str(server.data)]
    secret = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    payload = verify_webhook(secret, call["headers"], call["raw"])
    assert (payload["session_id"], payload["status"]) == (session.session_id, "completed")
    with pytest.raises(InvalidSignature):
        verify_webhook(secret, call["headers"], call["raw"].replace(b"confirm", b"cancel!"))
    with pytest.raises(InvalidSignature):
        verify_webhook(secret, call["headers"], call["raw"], tolerance=-1)


def test_an_interrupt_ends_the_wait_and_leaves_the_session_open(server):
    program = f"from askwell import *\nAskwell({server.url!r}).ask(confirmation('Deploy?'), timeout=600)"
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    (session,) = opened(server)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == -signal.SIGINT
    assert "KeyboardInterrupt" in err
    assert server.get(session["session_id"])["status"] == "pending"


def test_a_client_works_on_in_a_forked_child(server, askwell):
    askwell.open(confirmation("Before"))
    context = multiprocessing.get_context("fork")
    titles = context.SimpleQueue()
    child = context.Process(target=lambda: titles.put([s.interaction_data["title"] for s in askwell.list()]))
    child.start()
    assert titles.get() == ["Before"]
    child.join()
    assert child.exitcode == 0
    assert len(askwell.list()) == 1
