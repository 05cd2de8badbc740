"""The Python client against a real server with accounts."""

import asyncio
import threading

import pytest
import requests
from accounts import JWT_SECRET, House, claims, jwt
from askwell import Askwell, AsyncAskwell, AuthenticationError, ForbiddenError, Patience, Problem, confirmation
from gate import Gate
from sockets import until
from test_python_client import in_background

QUICK = Patience(first_retry=0.02, longest_retry=0.1, longest_socket_retry=0.1)


@pytest.fixture
def house(make_server) -> House:
    ways = {"auth_method": ["password", "jwt"], "jwt_secret": JWT_SECRET}
    house = House(make_server(), {**ways, "jwt_issuer": "https://ci.example", "jwt_audience": "askwell"})
    house.people(mei=("--admin",), omar=("--group", "ops"), ann=())
    house.asks = house.token("ann", "--name", "ci")
    house.reads = house.token("ann", "--scope", "read")
    house.prefixed = house.token("ann", "--workflow-prefix", "release-")
    return house.start()


@pytest.fixture
def askwell(house):
    with Askwell(house.url, house.asks, language="en", patience=QUICK) as client:
        yield client


def revoke(house: House, name: str = "ci") -> None:
    ann = house.sign_in("ann")
    (token,) = [one for one in ann.get(f"{house.url}/api/tokens").json()["tokens"] if one["name"] == name]
    assert ann.delete(f"{house.url}/api/tokens/{token['id']}").status_code == 200


def waited_for(house: House, session_id: str) -> None:
    """Returns once a long-poll waits for it."""
    mei = house.sign_in("mei")
    until(lambda: mei.get(f"{house.url}/api/sessions/{session_id}").json()["session"]["waiting"], "a long-poll")


def test_a_program_asks_by_its_token_and_a_person_answers(house, askwell):
    waiting = in_background(askwell.ask, confirmation("Deploy?"), candidates=["group:ops"], on_behalf_of="mei", timeout=600)
    (session,) = until(lambda: askwell.list(), "the session")
    assert (session.raw["requester"], session.raw["requester_token"]) == ("ann", "ci")
    assert (session.raw["on_behalf_of"], session.raw["candidates"]) == ("mei", ["group:ops"])
    assert house.answer(house.sign_in("mei"), session.session_id).status_code == 403
    house.answer(house.sign_in("omar"), session.session_id, comment="Fine.")
    answer = waiting.result()
    assert (answer.user_id, answer.source, answer.comment) == ("omar", "person", "Fine.")


def test_who_is_named_is_who_answers(house, askwell):
    session = askwell.open(confirmation("Deploy?"), assignee="omar", risk="high", step_up="passkey")
    assert (session.raw["assignee"], session.raw["step_up"]) == ("omar", "passkey")
    assert session.warnings == ()
    refused = house.answer(house.sign_in("omar"), session.session_id)
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    assert house.answer(house.sign_in("mei"), session.session_id).status_code == 403
    with pytest.raises(Problem, match="step_up"):
        askwell.open(confirmation("Deploy?"), step_up="passkey")
    unknown = askwell.open(confirmation("Deploy?"), assignee="nobody")
    assert [(warning.pointer, warning.code) for warning in unknown.warnings] == [("/assignee", "unknown_person")]


def test_the_token_of_the_environment(house, monkeypatch):
    monkeypatch.setenv("ASKWELL_TOKEN", house.asks + "\n")
    with Askwell(house.url) as askwell:
        assert askwell.open(confirmation("Deploy?")).raw["requester"] == "ann"


@pytest.mark.parametrize("token", [None, "ask_nonsense", "no.such.jwt"])
def test_nobody_is_refused_at_once(house, token, monkeypatch):
    monkeypatch.delenv("ASKWELL_TOKEN", raising=False)
    with Askwell(house.url, token, language="en") as askwell:
        calls = [
            lambda: askwell.ask(confirmation("Deploy?")),
            lambda: askwell.wait("a"),
            lambda: askwell.outcome("a"),
            lambda: askwell.cancel("a"),
            lambda: next(askwell.events()),
            lambda: next(askwell.events(after=None)),
            lambda: askwell.download("a", "b"),
        ]
        for call in calls:
            with pytest.raises(AuthenticationError) as raised:
                call()
            assert (raised.value.status, raised.value.code) == (401, "unauthenticated")
            assert "Sign in first" in raised.value.detail
            assert not token or token not in str(raised.value) + repr(raised.value)


def test_what_a_token_may_not_do(house, askwell):
    session = askwell.open(confirmation("Deploy?"))
    with pytest.raises(ForbiddenError) as raised:
        askwell.respond(session.session_id, {"choice": "confirm"})
    assert (raised.value.status, raised.value.code) == (403, "forbidden")
    with Askwell(house.url, house.reads) as reader:
        assert reader.get(session.session_id).is_open
        for call in (lambda: reader.open(confirmation("T")), lambda: reader.cancel(session.session_id)):
            with pytest.raises(ForbiddenError):
                call()
    with Askwell(house.url, house.prefixed) as release:
        with pytest.raises(ForbiddenError):
            release.open(confirmation("T"))
        # What it may not see does not exist.
        with pytest.raises(Problem) as raised:
            release.wait(session.session_id)
        assert (raised.value.status, raised.value.code) == (404, "session_not_found")
        assert release.open(confirmation("T"), workflow_id="release-7").is_open
    assert askwell.get(session.session_id).is_open


def test_a_person_answers_by_a_signed_token(house, askwell):
    session = askwell.open(confirmation("Deploy?"))
    with Askwell(house.url, lambda: jwt(claims("wang"))) as wang:
        answered = wang.respond(session.session_id, {"choice": "confirm"}, content_hash=session.content_hash)
    assert askwell.wait(session.session_id).user_id == answered.raw["response"]["user_id"] == "wang"


def test_a_token_that_is_renewed_outlives_the_one_that_it_began_with(house):
    lasting = [jwt(claims("wang"))]
    with Askwell(house.url, lambda: lasting[-1], patience=QUICK) as askwell:
        session = askwell.open(confirmation("Deploy?"), timeout=600)
        lasting[:] = [jwt(claims("wang", lasts=-300))]
        with pytest.raises(AuthenticationError):
            askwell.get(session.session_id)
        lasting.append(jwt(claims("wang", lasts=600)))
        assert askwell.get(session.session_id).is_open


@pytest.mark.parametrize("line", ["socket", "long-poll"])
@pytest.mark.parametrize("end", ["revoked", "disabled"])
def test_a_wait_ends_when_its_token_does(house, line, end, caplog):
    caplog.set_level("DEBUG", "askwell")
    url = house.url if line == "socket" else Gate(house.url).url
    with Askwell(url, house.asks, language="en", patience=QUICK) as askwell:
        session = askwell.open(confirmation("Deploy?", default_value="confirm"), on_timeout="default", timeout=600)
        waits = [in_background(call, session.session_id) for call in (askwell.wait, askwell.outcome)]
        if line == "socket":
            until(lambda: f"socket to {url} is up" in caplog.text, "the socket")
            # Both read the session once after they joined it.
            reads = 'askwell_http_requests_total{method="GET",route="/api/sessions/{session_id}",status="200"}'
            mei = house.sign_in("mei")
            until(lambda: f"{reads} 2" in mei.get(f"{house.url}/metrics").text, "two reads")
        else:
            waited_for(house, session.session_id)
        if end == "revoked":
            revoke(house)
        else:
            disabled = house.sign_in("mei").patch(f"{house.url}/api/users/ann", json={"disabled": True})
            assert disabled.status_code == 200
        for wait in waits:
            with pytest.raises(AuthenticationError) as raised:
                wait.result(timeout=30)
            assert raised.value.code == "unauthenticated"
        with pytest.raises(AuthenticationError):
            askwell.ask(confirmation("And now?"))
    assert house.asks not in caplog.text
    # The question itself goes on: it may still be answered, and nobody was told a yes.
    assert house.answer(house.sign_in("omar"), session.session_id).status_code == 200


def test_the_feed_ends_with_the_token(house, askwell):
    events = askwell.events(after=None)
    askwell.open(confirmation("1"))
    assert next(events).type == "opened"
    following = in_background(next, events)
    revoke(house)
    with pytest.raises(AuthenticationError):
        following.result(timeout=30)


def test_tasks_end_with_their_token_too(house):
    async def agent():
        async with AsyncAskwell(house.url, house.asks, patience=QUICK) as askwell:
            sessions = [await askwell.open(confirmation(str(n)), timeout=600) for n in range(20)]
            waits = [asyncio.create_task(askwell.wait(session.session_id)) for session in sessions]
            threading.Thread(target=revoke, args=(house,)).start()
            return await asyncio.wait_for(asyncio.gather(*waits, return_exceptions=True), 30)

    assert {type(result) for result in asyncio.run(agent())} == {AuthenticationError}


def test_a_wait_survives_a_restart_of_a_server_with_accounts(house, askwell):
    waiting = in_background(askwell.ask, confirmation("Deploy?"), timeout=600)
    until(lambda: askwell.list(), "the session")
    house.server.kill()
    house.start()
    omar = house.sign_in("omar")
    (session,) = omar.get(f"{house.url}/api/sessions").json()["sessions"]
    assert not waiting.done()
    house.answer(omar, session["session_id"])
    assert waiting.result().user_id == "omar"
    assert requests.get(f"{house.url}/api/sessions").status_code == 401
