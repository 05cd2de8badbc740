"""What the guides of LangGraph, the OpenAI Agents SDK and the frameworks' shapes show works as it stands, but for the port."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from accounts import House
from conftest import ROOT
from person import Person
from sockets import until

GUIDES = ROOT / "docs/guide"
LANGUAGES = ("md", "zh-CN.md")
PYTHON = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)
POSTED = re.compile(r"```sh\n(curl .*?)```.*?```json\n(.*?)```", re.DOTALL)
MODELS = {"langgraph": "chat_model", "openai-agents": "scripted_model"}
SCALED = {"action": "approve", "edited": {"service": "web", "replicas": 3}}


def programs() -> list:
    return [
        pytest.param(guide, program, output, id=f"{guide}.{language}-{number}")
        for guide in MODELS
        for language in LANGUAGES
        for number, (program, output) in enumerate(PYTHON.findall((GUIDES / f"{guide}.{language}").read_text()), 1)
    ]


def decide(session: dict) -> dict:
    asked = session["interaction_data"]
    kinds = [action.get("target") or action["kind"] for action in asked.get("actions") or []]
    if asked["interaction_type"] == "confirmation":
        return {"choice": "cancel"}
    return {"refund": {"action": "approve"}, "confirmation": {"action": "abort"}}.get(kinds[0], SCALED)


class Program:
    """One program of a guide, in a folder of its own beside a model."""

    def __init__(self, folder: Path, guide: str, program: str, url: str):
        (folder / "agent.py").write_text(program.replace("http://127.0.0.1:8096", url))
        assert url in (folder / "agent.py").read_text()
        shutil.copy(ROOT / f"e2e/frameworks/{MODELS[guide]}.py", folder / "mine.py")
        self.folder = folder

    def start(self) -> subprocess.Popen:
        environment = {**os.environ, "OPENAI_AGENTS_DISABLE_TRACING": "1"}
        command = [sys.executable, "agent.py"]
        return subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


@pytest.mark.parametrize(("guide", "program", "output"), programs())
def test_a_program_prints_what_the_guide_says(server, tmp_path, guide, program, output):
    Person(server, decide)
    agent = Program(tmp_path, guide, program, server.url).start()
    out, err = agent.communicate()
    assert (out, agent.returncode) == (output, 0), err


@pytest.mark.parametrize("guide", MODELS)
def test_it_may_be_killed_and_started_again_as_the_guide_says(server, tmp_path, guide):
    program, output = PYTHON.findall((GUIDES / f"{guide}.md").read_text())[0]
    agent = Program(tmp_path, guide, program, server.url)
    killed = agent.start()

    def asked() -> list[dict]:
        assert not killed.poll(), killed.communicate()
        return server.api("/sessions")["sessions"]

    (session,) = until(asked, "the question")
    killed.kill()
    killed.communicate()
    assert server.respond(session["session_id"], decide(session)).status_code == 200
    again = agent.start()
    out, err = again.communicate()
    assert (out, again.returncode) == (output, 0), err
    assert server.api("/statistics")["statistics"]["total_sessions"] == 1


ANSWERS = {
    "action_request": (SCALED, {}),
    "action_requests": ({"decisions": [SCALED, {"action": "abort", "comment": "Keep it."}]}, {}),
    "interrupts": ({"decisions": [SCALED, {"action": "abort"}]}, {}),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_posted_is_answered_as_the_guide_says(server, language):
    pairs = POSTED.findall((GUIDES / f"frameworks.{language}").read_text())
    assert len(pairs) == len(ANSWERS)
    for (command, expected), (key, (response, more)) in zip(pairs, ANSWERS.items()):
        command = command.replace("http://127.0.0.1:8096", server.url)
        assert f'"{key}"' in command
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env={**os.environ, "no_proxy": "127.0.0.1"})
        created = json.loads(done.stdout)
        assert created["success"] and not created.get("warnings"), created
        session_id = created["session_id"]
        reply = server.respond(session_id, response, **more)
        assert reply.status_code == 200, reply.text
        resume = server.get(session_id, wait=60)["response"]["resume"]
        assert json.dumps(resume, sort_keys=True) == json.dumps(json.loads(expected), sort_keys=True)


@pytest.mark.parametrize("guide", [*MODELS, "frameworks"])
def test_both_languages_show_the_same_programs(guide):
    def shown(language: str) -> list[str]:
        text = (GUIDES / f"{guide}.{language}").read_text()
        code = re.findall(r"```(?:python|sh|ts)\n(.*?)```", text, re.DOTALL)
        # But for what people read: texts, and remarks.
        return [re.sub(r'#.*|//.*|"[^"]*[^\x00-\x7f][^"]*"|"[A-Z][^"]*"|"already"', "", block) for block in code]

    def bones(language: str) -> list[list[str]]:
        return [re.findall(r"\b(?:def|class|import|from|askwell|curl|await)\b", block) for block in shown(language)]

    assert bones("md") == bones("zh-CN.md")


@pytest.mark.parametrize("guide", [*MODELS, "frameworks"])
def test_the_token_that_the_guide_makes_asks_and_cannot_answer(make_server, guide):
    house = House(make_server())
    house.people(ann=(), omar=())
    for language in LANGUAGES:
        text = (GUIDES / f"{guide}.{language}").read_text()
        (made,) = re.findall(r"askwell token create --owner ann (.*) > token", text)
    token = house.token("ann", *made.split())
    house.start()
    agent = house.bearing(token)
    session_id = house.ask(agent)
    assert agent.get(f"{house.url}/api/sessions/{session_id}").status_code == 200
    assert house.answer(agent, session_id).status_code == 403
    assert requests.post(f"{house.url}/api/sessions/{session_id}/respond", json={"response": {}}).status_code == 401
    assert house.answer(house.sign_in("omar"), session_id).status_code == 200
