"""What Claude Code sent when it was recorded, and what it took for an answer: for where it is not installed."""

import json

import pytest
import requests
from claude import PACKAGE, VERSION
from mcp_wire import Legacy, final
from person import Person

RECORDED = json.loads((PACKAGE / "recorded.json").read_text())
INPUT = RECORDED["permission_prompt"]["arguments"]["input"]
EDITED = {**INPUT, "command": "touch other"}


def permission(server, what: str) -> dict:
    result = final(Legacy(server).send("tools/call", **RECORDED[what]))["result"]
    (block,) = result["content"]
    assert block["type"] == "text" and "structuredContent" not in result and not result.get("isError")
    return json.loads(block["text"])


def hook(server, event: str) -> dict:
    reply = requests.post(f"{server.url}/api/integrations/claude-code/hook", json=RECORDED[event])
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_it_was_recorded_from_the_version_that_is_tested():
    assert RECORDED["version"] == VERSION


@pytest.mark.parametrize(
    ("answer", "input"),
    [({"action": "approve"}, INPUT), ({"action": "approve", "edited": EDITED}, EDITED)],
    ids=["allow", "edit"],
)
def test_a_yes_carries_what_will_run(server, answer, input):
    Person(server, lambda _: answer)
    allow = {"behavior": "allow", "updatedInput": input}
    assert permission(server, "permission_prompt") == allow
    decided = hook(server, "PermissionRequest")["hookSpecificOutput"]
    assert decided == {"hookEventName": "PermissionRequest", "decision": allow}


def test_a_no_says_why(server):
    Person(server, lambda _: {"action": "modify", "modification_instructions": "Make something else"})
    for denied in (
        permission(server, "permission_prompt"),
        hook(server, "PermissionRequest")["hookSpecificOutput"]["decision"],
    ):
        assert denied["behavior"] == "deny" and "Make something else" in denied["message"]
        assert "interrupt" not in denied or denied["interrupt"] is not True


def test_questions_are_answered_by_label(server):
    def choose(session: dict) -> dict:
        one, other, several, _ = session["interaction_data"]["fields"]
        assert [field["field_type"] for field in (one, several)] == ["radio", "checkbox"]
        return {
            one["name"]: one["options"][0]["value"],
            several["name"]: [option["value"] for option in several["options"][:2]],
            several["name"] + "_other": "Import",
        }

    Person(server, choose)
    told = permission(server, "questions")
    assert told["behavior"] == "allow"
    questions = RECORDED["questions"]["arguments"]["input"]["questions"]
    answers = {"Which database?": "SQLite", "Which features?": "Login, Search, fast, Import"}
    assert told["updatedInput"] == {"questions": questions, "answers": answers}


def test_a_form_is_filled_in(server):
    Person(server, lambda session: {name: "4" for name in session["interaction_data"]["schema"]["required"]})
    decided = hook(server, "Elicitation")["hookSpecificOutput"]
    assert decided == {"hookEventName": "Elicitation", "action": "accept", "content": {"seats": "4"}}


@pytest.mark.parametrize("event", ["PermissionRequest", "Elicitation"])
def test_a_cancelled_hook_leaves_it_to_the_terminal(server, event):
    def cancel(session: dict) -> None:
        assert server.cancel(session["session_id"]).status_code == 200

    Person(server, cancel)
    assert hook(server, event) == {}


def test_a_cancelled_permission_is_refused(server):
    def cancel(session: dict) -> None:
        assert server.cancel(session["session_id"], reason="Not today").status_code == 200

    Person(server, cancel)
    denied = permission(server, "permission_prompt")
    assert denied["behavior"] == "deny" and server.url in denied["message"]
