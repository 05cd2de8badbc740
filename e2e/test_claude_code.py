"""Claude Code as it is published asks people through Askwell, set up as the guide says."""

import json
import shlex
import sys
import uuid

import pytest
import requests
from accounts import House
from claude import (
    CLAUDE,
    GUIDES,
    HOOK_WITH_TOKEN,
    HOOKS,
    PERMISSION_TOOL,
    PERMISSIONS,
    PROJECT,
    PROJECT_WITH_TOKEN,
    VERSION,
    Claude,
    blocks,
    configured,
)
from mcp_agents import FOLDER
from model import uses
from person import Person

pytestmark = pytest.mark.skipif(not CLAUDE.exists(), reason="Claude Code is not installed here: scripts/doctor says why")

QUESTIONS = [
    {
        "question": "Which database?",
        "header": "Database",
        "multiSelect": False,
        "options": [
            {"label": "SQLite", "description": "One file"},
            {"label": "PostgreSQL", "description": "A server"},
        ],
    },
    {
        "question": "Which features?",
        "header": "Features",
        "multiSelect": True,
        "options": [
            {"label": "Login", "description": "People sign in"},
            {"label": "Search", "description": "People find"},
            {"label": "Export", "description": "People take along"},
        ],
    },
]


@pytest.fixture
def claude(tmp_path):
    started = []

    def start(*turns: dict, **env: str) -> Claude:
        started.append(Claude(tmp_path, *turns, **env))
        return started[-1]

    yield start
    for one in started:
        one.close()


def bash(name: str) -> dict:
    return uses("Bash", f"toolu_{name}_{uuid.uuid4().hex}", command=f"touch {name}", description=f"Make {name}")


def decide(session: dict) -> dict | None:
    """Allows, refuses and edits by what the command makes; fills in forms."""
    asked = session["interaction_data"]
    if asked["interaction_type"] == "text_input":
        return fill_in(asked["fields"])
    if asked["interaction_type"] == "custom":
        return {name: "4" for name in asked["schema"]["required"]}
    if not asked["actions"]:
        return None
    (action,) = asked["actions"]
    command = action["args"].get("command", "")
    if command.endswith("edited"):
        return {"action": "approve", "edited": {**action["args"], "command": f"{command}-by-a-person"}}
    if command.endswith("sent-back"):
        return {"action": "modify", "modification_instructions": "Make something else"}
    return {"action": "abort" if command.endswith("refused") else "approve"}


def fill_in(fields: list[dict]) -> dict:
    """The first of what one may choose, the first two where one may choose several."""
    answer = {}
    for field in fields:
        values = [option["value"] for option in field["options"] or []]
        if values:
            answer[field["name"]] = values[:2] if field["field_type"] == "checkbox" else values[0]
    return answer


def test_it_is_the_version_that_the_guide_names(claude):
    assert claude().run("--version").split()[0] == VERSION
    assert all(VERSION in guide.read_text() for guide in GUIDES)


def test_a_person_permits(server, claude):
    """Allow, refuse, edit, send back, and the questions of `AskUserQuestion`: one conversation."""
    person = Person(server, decide, comment="Keep it small")
    turns = [bash(name) for name in ("allowed", "refused", "edited", "sent-back")]
    question = uses("AskUserQuestion", f"toolu_question_{uuid.uuid4().hex}", questions=QUESTIONS)
    conversation = claude(*turns, question).servers(configured(server, PROJECT))
    (command,) = blocks(GUIDES[0], "sh")
    _, _, _, *flags = shlex.split(command)
    assert flags == ["--permission-prompt-tool", PERMISSION_TOOL]
    conversation.prompt(*flags)

    assert conversation.made() == {"allowed", "edited-by-a-person"}
    told = {name: conversation.result(turn["id"]) for name, turn in zip(("allowed", "refused", "edited", "back"), turns)}
    assert {name: is_error for name, (_, is_error) in told.items()} == {
        "allowed": False,
        "refused": True,
        "edited": False,
        "back": True,
    }
    assert "Make something else" in told["back"][0]
    answered, _ = conversation.result(question["id"])
    assert '"Which database?"="SQLite"' in answered
    assert '"Which features?"="Login, Search"' in answered
    assert "Keep it small" in answered and "Keep it small" in told["refused"][0]

    asked = person.wait(5)
    assert [session["interaction_data"]["actions"][0]["kind"] for session in asked[:4]] == ["Bash"] * 4
    # The model never sees the tool that permits.
    assert PERMISSION_TOOL not in conversation.model.tools()


def test_the_other_tools_ask_for_themselves(server, claude):
    """With the permissions of the guide nobody is asked whether somebody may be asked."""
    person = Person(server, lambda session: {"choice": "confirm"})
    question = uses("mcp__askwell__ask_human", f"toolu_{uuid.uuid4().hex}", title="Deploy?")
    conversation = claude(question)
    conversation.servers(configured(server, PROJECT))
    conversation.settings(configured(server, PERMISSIONS))
    conversation.prompt("--permission-prompt-tool", PERMISSION_TOOL)
    content, is_error = conversation.result(question["id"])
    assert not is_error and '"choice":"confirm"' in content.replace(" ", "")
    (asked,) = person.wait(1)
    assert asked["interaction_data"]["title"] == "Deploy?"


def test_a_hook_permits(server, claude):
    person = Person(server, decide)
    turns = [bash(name) for name in ("allowed", "refused", "edited")]
    conversation = claude(*turns).settings(configured(server, HOOKS))
    conversation.prompt()
    assert conversation.made() == {"allowed", "edited-by-a-person"}
    assert [conversation.result(turn["id"])[1] for turn in turns] == [False, True, False]
    assert len(person.wait(3)) == 3


def test_one_yes_is_for_one_use(server, claude):
    """A hook is not told which use of a tool it is about: the same command twice is two questions all the same."""
    answers = iter([{"action": "approve"}, {"action": "abort"}])
    person = Person(server, lambda _: next(answers))
    twice = [uses("Bash", f"toolu_{uuid.uuid4().hex}", command="mkdir -p a/b", description="Make it") for _ in range(2)]
    conversation = claude(*twice).settings(configured(server, HOOKS))
    conversation.prompt()
    assert [conversation.result(turn["id"])[1] for turn in twice] == [False, True]
    assert len(person.wait(2)) == 2


def test_a_hook_that_nobody_answers_permits_nothing(server, claude):
    """Claude Code asks at the terminal then; here there is none."""
    turn = bash("asked")

    def cancel(session: dict) -> None:
        assert server.cancel(session["session_id"]).status_code == 200

    Person(server, cancel)
    conversation = claude(turn).settings(configured(server, HOOKS))
    conversation.prompt()
    assert conversation.made() == set() and conversation.result(turn["id"])[1]


def test_a_hook_fills_in_the_forms_of_other_servers(server, claude):
    person = Person(server, decide)
    turn = uses("mcp__other__book", f"toolu_{uuid.uuid4().hex}")
    hooks = configured(server, HOOKS)
    conversation = claude(turn).settings({**hooks, "permissions": {"allow": ["mcp__other__book"]}})
    conversation.servers({"mcpServers": {"other": elicits()}})
    conversation.prompt()
    assert "booked: accept seats='4'" in conversation.result(turn["id"])[0]
    (asked,) = person.wait(1)
    assert "How many seats?" in json.dumps(asked["interaction_data"])


def elicits() -> dict:
    return {"type": "stdio", "command": sys.executable, "args": [str(FOLDER / "elicits.py")]}


def test_with_accounts_a_token_asks_and_never_answers(make_server, claude):
    house = House(make_server()).people(ci=(), mei=())
    token = house.token("ci", "--scope", "create,read", "--name", "claude")
    house.start()
    mei = house.sign_in("mei")
    turn, hooked = bash("allowed"), bash("hooked")
    conversation = claude(turn, ASKWELL_TOKEN=token).servers(configured(house.server, PROJECT_WITH_TOKEN))
    Person(house, decide, http=mei)
    conversation.prompt("--permission-prompt-tool", PERMISSION_TOOL)
    assert conversation.made() == {"allowed"}
    hook = {"PermissionRequest": [{"matcher": "*", "hooks": [configured(house.server, HOOK_WITH_TOKEN)]}]}
    (conversation.project / ".mcp.json").unlink()
    conversation.model.turns = [hooked]
    conversation.settings({"hooks": hook}).prompt()
    assert conversation.made() == {"allowed", "hooked"}
    # What a shell of the agent's could do with what it has.
    request_id = house.ask(house.bearing(token))
    assert house.answer(house.bearing(token), request_id).status_code == 403
    assert house.answer(requests.Session(), request_id).status_code == 401


def test_both_guides_show_the_same_configurations():
    english, chinese = ([json.loads(text) for text in blocks(guide, "json")] for guide in GUIDES)
    assert english == chinese
    assert blocks(GUIDES[0], "sh") == blocks(GUIDES[1], "sh")


def test_its_own_command_writes_the_configuration(server, claude):
    conversation = claude()
    for guide in GUIDES:
        (command,) = [text for text in guide.read_text().split("`") if text.startswith("claude mcp add")]
        conversation.run(*shlex.split(command)[1:])
        path = conversation.project / ".mcp.json"
        assert json.loads(path.read_text()) == json.loads(blocks(guide, "json")[PROJECT])
        path.unlink()
