"""An agent of the OpenAI Agents SDK, as it is published, that waits for people."""

import json
import subprocess
import sys
from pathlib import Path

from conftest import ROOT
from sockets import until

AGENT = ROOT / "e2e/frameworks/openai_agent.py"


def begin(server, folder: Path) -> subprocess.Popen:
    command = [sys.executable, AGENT, server.url, folder / "state.json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def opened(server, agent: subprocess.Popen) -> list[dict]:
    """What is open, by the number of the order."""

    def both() -> list[dict] | None:
        found = server.api("/sessions")["sessions"]
        if len(found) == 2:
            return found
        assert not agent.poll(), agent.communicate()
        return None

    sessions = until(both, "two sessions")
    return sorted(sessions, key=lambda session: session["interaction_data"]["actions"][0]["args"]["order"])


def answer(server, session: dict, response: dict, **more) -> None:
    reply = server.respond(session["session_id"], response, user_id="li.wei", **more)
    assert reply.status_code == 200, reply.text


def result(agent: subprocess.Popen) -> dict:
    out, err = agent.communicate()
    assert agent.returncode == 0, err
    return json.loads(out)


def test_each_call_is_decided_by_itself_through_a_kill_of_both(make_server, tmp_path):
    server = make_server().start()
    agent = begin(server, tmp_path)
    seven, eight = opened(server, agent)
    assert seven["workflow_id"] == "orders-7-8"
    assert seven["interaction_data"]["actions"][0]["args"] == {"order": 7, "amount": 12.5}
    answer(server, seven, {"action": "approve"})
    agent.kill()
    agent.communicate()
    server.kill()
    server.start()
    agent = begin(server, tmp_path)
    answer(server, eight, {"action": "abort"}, comment="Ask the customer first.")
    done = result(agent)
    assert done["refunded"] == [[7, 12.5]]
    assert done["heard"] == ["refunded 12.5", "A person rejected this call: Ask the customer first."]
    assert server.api("/statistics")["statistics"]["total_sessions"] == 2


def test_instructions_reach_the_model_and_edits_are_refused(server, tmp_path):
    agent = begin(server, tmp_path)
    seven, eight = opened(server, agent)
    edited = {"action": "approve", "edited": {"order": 7, "amount": 1.0}}
    assert server.respond(seven["session_id"], edited).status_code == 422
    answer(server, seven, {"action": "modify", "modification_instructions": "Only half."})
    answer(server, eight, {"action": "abort"})
    done = result(agent)
    assert done["refunded"] == []
    assert done["heard"][0] == "A person did not approve this call, and asks for another one: Only half."


def test_an_answer_to_some_of_the_calls_runs_none(server, tmp_path):
    agent = begin(server, tmp_path)
    seven, eight = opened(server, agent)
    answer(server, seven, {"action": "approve"})
    server.cancel(eight["session_id"])
    out, err = agent.communicate()
    assert (agent.returncode, out) == (1, "")
    assert "askwell.errors.Cancelled" in err
