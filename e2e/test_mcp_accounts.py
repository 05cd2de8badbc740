"""MCP with accounts on: a token asks and reads what is its own, nothing else comes in, and none answers."""

import pytest
import requests
from accounts import JWT_SECRET, House, claims, jwt
from conftest import BINARY
from mcp_agents import Agent, Refused, over_http
from mcp_wire import Legacy, Wire


@pytest.fixture
def house(make_server) -> House:
    security = {"auth_method": ["password", "basic", "jwt"], "jwt_secret": JWT_SECRET, "jwt_audience": "askwell"}
    return House(make_server(), security).people(ann=("--admin",), bob=(), cem=())


def bearing(token: str) -> dict:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def connect():
    agents = []

    def connect(house, token: str, program: str = "typescript-2") -> Agent:
        agents.append(Agent(program, **over_http(house.server, bearing(token))))
        return agents[-1].connected()

    yield connect
    for agent in agents:
        agent.kill()


def test_who_shows_nothing_is_told_what_to_show(house):
    house.start()
    reply = Wire(house.server).send("tools/list")
    assert reply.status_code == 401
    offered = reply.headers["WWW-Authenticate"]
    assert offered.startswith("Bearer ") and "resource_metadata=" in offered
    where = offered.split('resource_metadata="')[1].split('"')[0]
    metadata = requests.get(where).json()
    assert metadata["resource"] == f"{house.url}/mcp"
    assert metadata["bearer_methods_supported"] == ["header"]
    # A client may look there without having been told.
    assert requests.get(f"{house.url}/.well-known/oauth-protected-resource").json() == metadata


@pytest.mark.parametrize("program", ["python-1", "python-2", "typescript-1", "typescript-2"])
def test_a_token_asks_and_a_person_answers(house, connect, program):
    token = house.token("bob", "--scope", "create,read")
    house.start()
    agent = connect(house, token, program)
    pending = agent.call("ask_human", title="Deploy?", wait_seconds=0)
    # Bob's token asked, so Bob does not answer.
    refused = house.answer(house.sign_in("bob"), pending["request_id"])
    assert refused.status_code == 403, refused.text
    assert house.answer(house.sign_in("cem"), pending["request_id"]).status_code == 200
    assert agent.call("get_response", request_id=pending["request_id"])["response"] == {"choice": "confirm"}


def test_a_token_over_stdio(house):
    token = house.token("bob", "--scope", "create,read")
    house.start()
    command = [str(BINARY), "mcp", "--server", house.url]
    agent = Agent("typescript-2", command=["env", f"ASKWELL_TOKEN={token}", *command]).connected()
    pending = agent.call("ask_human", title="Deploy?", wait_seconds=0)
    assert house.answer(house.sign_in("cem"), pending["request_id"]).status_code == 200
    assert agent.call("get_response", request_id=pending["request_id"])["status"] == "completed"
    agent.close()
    with pytest.raises(Refused):
        nobody = Agent("typescript-2", command=["env", f"HOME={house.server.folder}", *command]).connected()
        nobody.begin("tools").result()


def test_without_a_good_token_nobody_comes_in(house):
    token = house.token("bob", "--scope", "create,read")
    house.start()
    wrong = [
        token[:-1] + ("0" if token[-1] != "0" else "1"),
        "ask_" + "0" * 49,
        jwt(claims("bob", aud="another-service")),
        jwt(claims("bob", aud=f"{house.url}/other")),
        jwt(claims("bob", lasts=-3600)),
        jwt(claims("bob"), alg="none"),
    ]
    for shown in wrong:
        assert Wire(house.server, **bearing(shown)).send("tools/list").status_code == 401, shown
    for program in ("python-1", "typescript-2"):
        with pytest.raises(Refused):
            Agent(program, **over_http(house.server, bearing(wrong[2]))).connected()
    # Neither does a cookie, which a browser sends by itself, or a token in the address.
    assert house.sign_in("cem").post(f"{house.url}/mcp", json={}).status_code in (401, 403)
    assert requests.post(f"{house.url}/mcp", params={"access_token": token}, json={}).status_code == 401


def test_a_token_that_may_only_read_does_not_ask(house):
    token = house.token("bob", "--scope", "read")
    house.start()
    reply = Wire(house.server, **bearing(token)).send("tools/call", name="ask_human", arguments={"title": "Deploy?"})
    assert reply.status_code == 403
    assert "insufficient_scope" in reply.headers["WWW-Authenticate"]
    assert 'scope="' in reply.headers["WWW-Authenticate"]
    assert Wire(house.server, **bearing(token)).call("list_requests")["structuredContent"]["requests"] == []


def test_what_another_asked_does_not_exist(house, connect):
    bobs, cems = (house.token(owner, "--scope", "create,read") for owner in ("bob", "cem"))
    house.start()
    bob, cem = connect(house, bobs), connect(house, cems)
    request_id = bob.call("ask_human", title="Deploy?", wait_seconds=0)["request_id"]
    nothing = "018f0000-0000-7000-8000-000000000000"
    for tool in ("get_response", "cancel_request"):
        told = [cem.start(tool, request_id=which, wait_seconds=0).result() for which in (request_id, nothing)]
        texts = [result["content"][0]["text"].replace(which, "ID") for result, which in zip(told, (request_id, nothing))]
        assert all(result["isError"] for result in told)
        assert without_request_id(texts[0]) == without_request_id(texts[1])
    assert cem.call("list_requests")["requests"] == []
    with pytest.raises(Refused):
        cem.begin("read", uri=f"askwell://requests/{request_id}").result()
    assert bob.call("get_response", request_id=request_id, wait_seconds=0)["status"] == "pending"
    # The same key is another one for another principal.
    keyed = [agent.call("ask_human", title="x", wait_seconds=0, idempotency_key="k") for agent in (bob, cem)]
    assert keyed[0]["request_id"] != keyed[1]["request_id"]


def without_request_id(text: str) -> str:
    """The correlation id is another one for each call."""
    return text if "request_id" not in text else text.split('"request_id"')[0]


def test_a_legacy_session_is_its_principals(house):
    bobs, cems = (house.token(owner, "--scope", "create,read") for owner in ("bob", "cem"))
    house.start()
    session = Legacy(house.server, **bearing(bobs))
    assert session.send("tools/list").status_code == 200
    session.headers |= bearing(cems)
    assert session.send("tools/list").status_code == 404
    del session.headers["Authorization"]
    assert session.send("tools/list").status_code == 401


def test_a_token_never_answers(house):
    token = house.token("bob", "--scope", "create,read")
    house.start()
    http = house.bearing(token)
    request_id = Wire(house.server, **bearing(token)).call("ask_human", title="Deploy?", wait_seconds=0)
    request_id = request_id["structuredContent"]["request_id"]
    reply = house.answer(http, request_id)
    assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")


def test_a_revoked_token_ends_the_wait(house, connect):
    token = house.token("bob", "--scope", "create,read")
    house.start()
    agent = connect(house, token)
    order = agent.start("ask_human", progress=True, title="Deploy?", wait_seconds=600)
    order.progress()
    bob = house.sign_in("bob")
    (row,) = bob.get(f"{house.url}/api/tokens").json()["tokens"]
    assert bob.delete(f"{house.url}/api/tokens/{row['id']}").status_code == 200
    try:
        assert order.result()["isError"]
    except Refused:
        pass
    with pytest.raises(Refused):
        agent.begin("tools").result()
