"""Two hundred reviews at once, answered by twenty people in any order: each agent gets its own answer."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from agents import ask, fetch, plan
from sockets import PATIENCE, Listener

SEED = 20261126
AGENTS = 200
PEOPLE = 20
# What is promised is one second; a machine that compiles something else meanwhile needs room.
BOUND = 20
CHOICES = {"approve": "approved", "modify": "request_modification", "abort": "aborted"}


class Agent:
    """Asks, waits, and notes what it got and when."""

    def __init__(self, server, number: int):
        self.server, self.number = server, number
        self.over_socket = number % 2 == 0
        self.request = plan(node_id=f"node-{number}", checkpoint_name=f"Checkpoint{number}", steps=(f"only {number}",))
        self.name = self.request["request_id"]
        self.listener: Listener | None = None
        self.got: dict | None = None
        self.at = 0.0

    def ask(self) -> None:
        if self.over_socket:
            transport = ("polling", "websocket", "upgrade")[self.number // 2 % 3]
            self.listener = Listener(self.server.url, transport, only="joined")
            self.listener.client.on("hitl_response", self._hear)
            assert self.listener.call("hitl_request", self.request)["request_id"] == self.name
        else:
            assert ask(self.server, self.request).json()["request_id"] == self.name

    def _hear(self, told: dict) -> None:
        self.at = time.monotonic()
        self.listener._hear("hitl_response", told)

    def wait(self) -> None:
        if self.over_socket:
            self.got = self.listener.wait("hitl_response")
            return
        while self.got is None:
            reply = fetch(self.server, self.name, wait=PATIENCE)
            if reply.status_code == 200:
                self.at = time.monotonic()
                self.got = {**reply.json()["response"], "request_id": reply.json()["request_id"]}


class Person:
    """Answers what it is given, by a socket or over HTTP."""

    def __init__(self, server, number: int):
        self.server, self.number = server, number
        self.listener = Listener(server.url, ("polling", "websocket")[number % 2])

    def answer(self, request_id: str, action: str, instructions: str) -> float:
        """When it was acknowledged."""
        shown = self.listener.wait("hitl_request", request_id=request_id)
        body = {"request_id": shown["request_id"], "action": action, "user_id": f"person-{self.number}"}
        if action == "modify":
            body["modification_instructions"] = instructions
        if self.number % 4 < 2:
            reply = self.listener.call("hitl_response", body)
        else:
            reply = requests.post(f"{self.server.url}/api/system/hitl-response", json=body).json()
        at = time.monotonic()
        assert reply == {"success": True, "request_id": request_id}
        return at


def test_every_agent_gets_its_own_answer(server):
    chance = random.Random(SEED)
    print(f"SEED={SEED}")
    people = [Person(server, number) for number in range(PEOPLE)]
    agents = [Agent(server, number) for number in range(AGENTS)]
    answers = {
        agent.name: (chance.choice(list(CHOICES)), f"for {agent.name} alone", chance.randrange(PEOPLE)) for agent in agents
    }
    with ThreadPoolExecutor(40) as pool:
        list(pool.map(Agent.ask, agents))
    assert len(server.api("/system/hitl-pending")["requests"]) == AGENTS
    waits = [threading.Thread(target=agent.wait) for agent in agents]
    for wait in waits:
        wait.start()
    acknowledged = {}

    def work(number: int) -> None:
        for name in order:
            action, instructions, person = answers[name]
            if person == number:
                acknowledged[name] = people[number].answer(name, action, instructions)

    order = list(answers)
    chance.shuffle(order)
    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(work, range(PEOPLE)))
    for wait in waits:
        wait.join()
    assert len(acknowledged) == AGENTS
    for agent in agents:
        action, instructions, _ = answers[agent.name]
        assert agent.got["request_id"] == agent.name
        assert agent.got["user_choice"] == CHOICES[action]
        assert agent.got["message"].endswith(f"checkpoint 'Checkpoint{agent.number}'")
        assert agent.got["modification_instructions"] == (instructions if action == "modify" else None)
        if agent.over_socket:
            assert len(agent.listener.all("hitl_response")) == 1
        # The answer stands, whoever asks.
        stands = fetch(server, agent.name).json()["response"]
        assert stands == {key: agent.got[key] for key in stands}
    for person in people:
        assert person.listener.all("hitl_response") == [] == person.listener.all("hitl_error")
        told = [event["session"]["request_id"] for event in person.listener.all("session_completed")]
        assert len(told) == len(set(told))
    late = sorted(max(0.0, agent.at - acknowledged[agent.name]) * 1000 for agent in agents)
    print(f"from the acknowledgement to the agent: p50 {late[100]:.0f} ms, p99 {late[198]:.0f} ms, max {late[-1]:.0f} ms")
    assert late[-1] < BOUND * 1000
    for one in (*people, *agents):
        if one.listener:
            threading.Thread(target=one.listener.close, daemon=True).start()
