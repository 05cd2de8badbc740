"""The example of the Python client: plan, send back, plan again, approve."""

import subprocess
import sys

from conftest import ROOT
from person import Person

EXAMPLE = ROOT / "clients/python/examples/plan_review.py"


def play(server, decide) -> tuple[int, str, list[dict]]:
    person = Person(server, decide)
    done = subprocess.run([sys.executable, EXAMPLE, server.url], capture_output=True, text=True)
    assert done.stderr == ""
    return done.returncode, done.stdout, person.asked


def test_a_plan_that_is_sent_back_once_and_then_approved(server):
    decisions = {
        1: {"action": "modify", "modification_instructions": "Ask the operators"},
        2: {"action": "approve"},
    }
    code, out, (first, second) = play(server, lambda session: decisions[session["interaction_data"]["attempt"]])
    assert code == 0
    assert out.splitlines() == [
        "attempt 1: 3 steps to review",
        "attempt 2: 4 steps to review",
        "approved by li.wei",
        "step 1: Collect candidates",
        "step 2: Compare them",
        "step 3: Ask the operators",
        "step 4: Write the report",
    ]
    assert first["interaction_data"]["node_id"] == second["interaction_data"]["node_id"]
    assert first["interaction_data"]["checkpoint_name"] == "Plan Generation"
    attempts = server.get(second["session_id"])["attempts"]
    assert [attempt["session_id"] for attempt in attempts] == [first["session_id"], second["session_id"]]


def test_a_plan_that_is_stopped_is_not_carried_out(server):
    code, out, _ = play(server, lambda session: {"action": "abort"})
    assert (code, "step 1" in out) == (1, False)


def test_a_plan_that_is_withdrawn_is_not_carried_out(server):
    def withdraw(session: dict) -> None:
        assert server.cancel(session["session_id"], reason="superseded").status_code == 200

    code, out, _ = play(server, withdraw)
    assert (code, "step 1" in out) == (1, False)
    assert "superseded" in out
