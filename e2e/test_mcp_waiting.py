"""What an agent may do while a person thinks: give up, come back, ask again, lose its connection or the server."""

import uuid

import pytest
from conftest import Server
from mcp_agents import PROGRAMS, WAYS, Agent, Order, Refused, over_http, structured


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A server that stays up."""
    server = Server(tmp_path_factory.mktemp("server")).start()
    yield server
    server.close()


@pytest.fixture(scope="module", params=PROGRAMS)
def agent(request, shared):
    agent = Agent(request.param, **over_http(shared)).connected()
    yield agent
    agent.close()


@pytest.fixture
def connect():
    agents = []

    def connect(server: Server, program: str = "typescript-2", way: str = "http", **settings) -> Agent:
        agents.append(Agent(program, **WAYS[way](server), **settings).connected())
        return agents[-1]

    yield connect
    for agent in agents:
        agent.kill()


class Question:
    """One that no other test asks."""

    def __init__(self, server: Server):
        self.server = server
        self.workflow_id = str(uuid.uuid4())

    def ask(self, agent: Agent, progress: bool = True, timeout: float | None = None, **arguments) -> Order:
        return agent.start(
            "ask_human", progress, timeout, **{"title": "Deploy?", "workflow_id": self.workflow_id, **arguments}
        )

    def asked(self, agent: Agent, **arguments) -> Order:
        """On its way, and known to be asked, as the server has said so."""
        order = self.ask(agent, **arguments)
        order.progress()
        return order

    @property
    def request_id(self) -> str:
        (session,) = self.server.api("/sessions", workflow_id=self.workflow_id)["sessions"]
        return session["session_id"]

    def answer(self, choice: str = "confirm") -> None:
        assert self.server.respond(self.request_id, {"choice": choice}).status_code == 200


@pytest.fixture
def question(shared):
    return Question(shared)


def fetched(agent: Agent, request_id: str) -> dict:
    return agent.call("get_response", request_id=request_id, wait_seconds=60)


def test_a_client_gives_up_and_fetches_the_answer_later(agent, question):
    # Whose clock runs out is the client's; what it says of that is its own affair.
    order = question.ask(agent, progress=False, timeout=1, wait_seconds=600)
    with pytest.raises(Refused):
        order.result()
    assert fetched_now(agent, question)["status"] == "pending"
    question.answer()
    assert fetched(agent, question.request_id)["response"] == {"choice": "confirm"}


def fetched_now(agent: Agent, question: Question) -> dict:
    return agent.call("get_response", request_id=question.request_id, wait_seconds=0)


def test_who_leaves_a_call_cancels_nothing(agent, question):
    order = question.asked(agent)
    order.abandon()
    with pytest.raises(Refused):
        order.result()
    # Whatever the client sent as it left has been read before this is answered.
    assert fetched_now(agent, question)["status"] == "pending"
    question.answer("cancel")
    assert fetched(agent, question.request_id)["response"] == {"choice": "cancel"}


def test_a_repeated_call_asks_once(agent, question):
    key = {"idempotency_key": question.workflow_id, "wait_seconds": 0}

    def ask(**arguments) -> dict:
        return structured(question.ask(agent, **{**key, **arguments}).result())

    first = ask()
    # How long to wait belongs to the call, not to the question.
    assert ask(wait_seconds=1)["request_id"] == first["request_id"] == question.request_id
    question.answer()
    assert ask()["response"] == {"choice": "confirm"}
    other = question.ask(agent, title="Deploy everything?", **key).result()
    assert other["isError"] and "idempotency" in other["content"][0]["text"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_question_outlives_its_client_and_the_server(server, connect, program):
    question = Question(server)
    before = connect(server, program)
    question.asked(before)
    before.kill()
    server.kill()
    server.start()
    after = connect(server, program)
    waiting = after.start("get_response", progress=True, request_id=question.request_id, wait_seconds=600)
    waiting.progress()
    question.answer()
    assert structured(waiting.result())["response"] == {"choice": "confirm"}


def test_an_agent_over_stdio_goes_on_after_a_restart(server, connect):
    agent = connect(server, "python-2", "stdio")
    pending = agent.call("ask_human", title="Deploy?", wait_seconds=0)
    server.kill()
    server.start()
    assert server.respond(pending["request_id"], {"choice": "confirm"}).status_code == 200
    assert fetched(agent, pending["request_id"])["response"] == {"choice": "confirm"}


def test_who_shows_progress_hears_while_it_waits(shared, connect):
    """At once, and again within 15 seconds, where to answer. Claude Code keeps its own clock as long as it hears."""
    orders = []
    for name in ("some-agent", "claude-code"):
        question = Question(shared)
        orders.append((question, question.asked(connect(shared, name=name))))
    for question, order in orders:
        first, second = order.progress(2)[:2]
        assert first["progress"] < second["progress"] and order.reply is None
        for said in (first, second):
            assert question.request_id in said["message"] and shared.url in said["message"]
        question.answer()
        assert structured(order.result())["status"] == "completed"


def test_who_is_out_of_patience_is_told_what_to_do(shared, connect):
    agent = connect(shared)
    for progress in (True, False):
        result = structured(Question(shared).ask(agent, progress=progress, wait_seconds=1).result())
        assert result["status"] == "pending" and result["retry_after_seconds"] > 0
        assert f'"request_id":"{result["request_id"]}"' in result["hint"].replace(" ", "")


def test_everybody_who_waits_hears_of_a_cancellation(shared, connect, question):
    agent, other = connect(shared, "typescript-1"), connect(shared)
    order = question.asked(agent, wait_seconds=600)
    assert other.call("cancel_request", request_id=question.request_id, reason="Too late")["status"] == "cancelled"
    result = structured(order.result())
    assert result["status"] == "cancelled" and "response" not in result


def test_what_models_guess_is_taken_with_a_word(shared, connect, question):
    agent = connect(shared)
    guess = {"timeout_seconds": "999999999999", "wait_seconds": "0", "patience": 7}
    asked = structured(question.ask(agent, **guess).result())
    assert asked["status"] == "pending"
    notes = " ".join(asked["notes"])
    assert "timeout_seconds" in notes and "patience" in notes
    wrong = question.ask(agent, title=["Deploy?"], options="yes").result()
    assert wrong["isError"] and "/title" in wrong["content"][0]["text"]
    assert question.request_id == asked["request_id"]
