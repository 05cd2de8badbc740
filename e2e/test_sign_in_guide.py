"""What the guides to the ways in tell a newcomer to type works as it stands, but for the port."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from accounts import House
from conftest import BINARY, LISTENING, ROOT
from identity_provider import Browser, Provider
from sockets import until

LANGUAGES = ["", ".zh-CN"]
FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


def blocks(guide: str, language: str) -> list[tuple[str, str]]:
    return FENCE.findall((ROOT / f"docs/guide/{guide}{language}.md").read_text())


def the(kind: str, words: str, guide: str, language: str) -> str:
    """The one block of this kind that holds these words."""
    (block,) = [text for name, text in blocks(guide, language) if name == kind and words in text]
    return block


class Shell:
    """A newcomer's terminals: one folder, one server at a time."""

    def __init__(self, folder: Path):
        self.folder = folder
        path = f"{BINARY.parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        self.env = {"PATH": path, "HOME": str(folder), "ASKWELL__SERVER__PORT": "0", "no_proxy": "*"}
        self.server: subprocess.Popen | None = None
        self.url = ""

    def start(self, script: str) -> subprocess.Popen:
        script = script.replace("http://127.0.0.1:8096", self.url).replace("http://localhost:8096", self.url)
        return subprocess.Popen(
            ["bash", "-euc", script],
            cwd=self.folder,
            env=self.env | ({"ASKWELL_SERVER": self.url} if self.url else {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, script: str) -> str:
        process = self.start(script)
        out, err = process.communicate()
        assert process.returncode == 0, err
        return out

    def serve(self, script: str) -> None:
        """Runs a block whose last line is the server."""
        self.server = self.start(script)
        for line in self.server.stdout:
            if found := LISTENING.search(line):
                self.url = f"http://127.0.0.1:{found[1]}"
                return
        raise AssertionError(self.server.stderr.read())

    def stop(self) -> None:
        if self.server:
            os.killpg(self.server.pid, signal.SIGTERM)
            self.server.wait(timeout=30)
            self.server, self.url = None, ""


@pytest.fixture
def shell(tmp_path):
    shell = Shell(tmp_path)
    yield shell
    shell.stop()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ways_in(shell, language):
    def block(kind, words):
        return the(kind, words, "sign-in", language)

    (shell.folder / "config.yaml").write_text(block("yaml", "[password, basic]"))
    shell.serve(block("sh", "user add mei"))
    omar = requests.Session()
    omar.auth = ("omar", "correct horse staple!")

    def answer(script: str) -> str:
        asking = shell.start(script)
        (session,) = until(lambda: omar.get(f"{shell.url}/api/sessions").json()["sessions"], "the question")
        given = {"response": {"choice": "confirm"}}
        mei = ("mei", "correct horse battery")
        address = f"{shell.url}/api/sessions/{session['session_id']}/respond"
        assert requests.post(address, json=given, auth=mei).status_code == 403
        assert omar.post(address, json=given).status_code == 200
        out, err = asking.communicate()
        assert asking.returncode == 0, err
        return out

    assert json.loads(answer(block("sh", "askwell ask"))) == {"choice": "confirm"}
    assert requests.get(f"{shell.url}/api/sessions").json()["code"] == "unauthenticated"
    me = json.loads(shell.run(block("sh", "/api/me")))["me"]
    assert (me["login"], me["method"]) == ("omar", "basic")

    invited = json.loads(shell.run(block("sh", "guest-links")))
    page, secret = invited["url"].split("#")
    assert page == f"{shell.url}/g"
    guest = requests.Session()
    entered = guest.post(f"{shell.url}/api/guest", json={"secret": secret}).json()
    address = f"{shell.url}/api/sessions/{entered['session_id']}/respond"
    answered = guest.post(address, json={"response": {"choice": "confirm"}}).json()
    assert answered["session"]["response"]["user_id"] == "guest:Zhou, auditor"

    asked = json.loads(shell.run(block("sh", "step_up")))
    assert not asked.get("warnings")
    address = f"{shell.url}/api/sessions/{asked['session_id']}/respond"
    refused = omar.post(address, json={"response": {"choice": "confirm"}})
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")

    # One way more.
    shell.stop()
    shell.serve(block("sh", "jwt.secret"))
    program = block("python", "jwt.secret").replace("http://127.0.0.1:8096", shell.url)
    out = subprocess.run([sys.executable, "-c", program], cwd=shell.folder, capture_output=True, text=True)
    assert (out.stdout, out.stderr) == (block("text", "jwt"), "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_provider_that_is_tried_on_one_machine(shell, language):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    provider = Provider(f"http://127.0.0.1:{port}/api/login/oauth/callback")
    config = the("yaml", "The house", "identity-provider", language).replace("http://127.0.0.1:9000", provider.issuer)
    assert provider.issuer in config
    (shell.folder / "config.yaml").write_text(config)
    shell.env["ASKWELL__SERVER__PORT"] = port
    shell.serve(the("sh", "askwell serve", "identity-provider", language))
    browser = Browser(shell.url)
    assert browser.sign_in("omar") == "/"
    me = browser.http.get(f"{shell.url}/api/me").json()["me"]
    assert (me["login"], me["groups"], me["admin"]) == ("omar", ["leads"], True)
    provider.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("choice", "code"), [("confirm", 0), ("cancel", 1)])
def test_a_pipeline_with_curl(make_server, tmp_path, language, choice, code):
    house = House(make_server()).people(omar=("--group", "ops"))
    made = the("sh", "token create", "ci", language)
    for line in made.splitlines():
        args = line.replace('"CI"', "CI").split(" > ")[0].split()[1:]
        done = house.here(*args)
        assert done.returncode == 0, done.stderr
    token = done.stdout.strip()
    house.start()
    script = tmp_path / "approve.sh"
    script.write_text(the("sh", "approve.sh TITLE", "ci", language))
    env = {**os.environ, "ASKWELL_SERVER": house.url, "ASKWELL_TOKEN": token, "no_proxy": "*"}
    command = ["bash", str(script), 'Deploy "main"; $(exit)?', "deploy-7"]
    asking = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
    omar = house.sign_in("omar")
    (session,) = until(lambda: omar.get(f"{house.url}/api/sessions").json()["sessions"], "the question")
    assert session["interaction_data"]["title"] == command[2]
    house.answer(omar, session["session_id"], response={"choice": choice})
    _, err = asking.communicate()
    assert (asking.returncode, "completed" in err) == (code, True), err
    # Without a token that holds it says no.
    done = subprocess.run(command, env={**env, "ASKWELL_TOKEN": "ask_nonsense"}, capture_output=True, text=True)
    assert done.returncode != 0 and "401" in done.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pipelines_ask_as_the_program_understands(make_server, language):
    house = House(make_server())
    house.people(ann=())
    token = house.token("ann", "--scope", "create", "--workflow-prefix", "deploy-")
    house.start()
    jobs = "\n".join(text for name, text in blocks("ci", language) if name == "yaml")
    commands = re.findall(r'askwell ask .*?--idempotency-key "[^"]*"', jobs, re.DOTALL)
    assert len(commands) == 2
    for command in commands:
        script = re.sub(r"\\?\n *", " ", command).replace("--timeout 3600", "--timeout 1")
        variables = {"GITHUB_RUN_ID": "7", "CI_PIPELINE_ID": "8", "GITHUB_REF_NAME": "main", "CI_COMMIT_REF_NAME": "main"}
        more = {name: "1" for name in re.findall(r"\$(\w+)", script) if name not in variables}
        askwell = {"PATH": f"{BINARY.parent}:{os.environ['PATH']}", "ASKWELL_SERVER": house.url, "ASKWELL_TOKEN": token}
        env = {**os.environ, **variables, **more, **askwell}
        done = subprocess.run(["bash", "-euc", script], env=env, capture_output=True, text=True)
        assert done.returncode == 3, done.stderr
        assert "nobody answered in time" in done.stderr
