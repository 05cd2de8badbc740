"""What the TypeScript client's README, guide and example show works as it stands, but for the port: it compiles as
strictly as can be against the package as it is installed, and prints what they say."""

import os
import re
import socket
import subprocess
from pathlib import Path

import pytest
import requests
from conftest import BINARY, ROOT, confirmation
from person import Person
from test_frameworks_guide import decide as decide_action
from test_python_guide import decide

CLIENT = ROOT / "clients/typescript"
GUIDE = ROOT / "docs/guide"
OWN = [GUIDE / "typescript.md", GUIDE / "typescript.zh-CN.md"]
READMES = [CLIENT / "README.md", ROOT / "README.md", ROOT / "README.zh-CN.md"]
GUIDES = [*READMES, *OWN, GUIDE / "frameworks.md", GUIDE / "frameworks.zh-CN.md"]
BLOCK = re.compile(r"```ts\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
TSC = CLIENT / "node_modules/typescript/bin/tsc"
STRICT = ["--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--module", "nodenext"]


def blocks(guide: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(guide.read_text())


def name(guide: Path, number: int) -> str:
    return f"{guide.parent.name}-{guide.stem}-{number}"


def programs() -> list:
    return [
        pytest.param(name(guide, number), output, id=name(guide, number))
        for guide in GUIDES
        for number, (_, output) in enumerate(blocks(guide), 1)
        if output
    ]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory) -> Path:
    """All of them, compiled at once against the package as it is installed, and nothing of this repository."""
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "node_modules/@types").mkdir(parents=True)
    (folder / "node_modules/@askwell").symlink_to(ROOT / "e2e/javascript/node_modules/@askwell")
    for types in ("node", "../undici-types"):
        source = (CLIENT / "node_modules/@types" / types).resolve()
        (folder / "node_modules/@types" / types).resolve().symlink_to(source)
    for guide in GUIDES:
        for number, (program, _) in enumerate(blocks(guide), 1):
            program = re.sub(r'"http://127\.0\.0\.1:8096"', "process.env.SERVER!", program)
            (folder / f"{name(guide, number)}.mts").write_text(program)
    (folder / "plan-review.mts").write_text((CLIENT / "examples/plan-review.ts").read_text())
    files = [str(file) for file in folder.glob("*.mts")]
    done = subprocess.run(["node", TSC, *STRICT, "--target", "es2022", *files], cwd=folder, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0)
    return folder


def run(compiled: Path, program: str, server, *arguments: str) -> subprocess.CompletedProcess:
    command = ["node", str(compiled / f"{program}.mjs"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "SERVER": server.url})


@pytest.mark.parametrize(("program", "output"), programs())
def test_a_program_prints_what_the_guide_says(server, compiled, program, output):
    Person(server, decide_action if "frameworks" in program else decide)
    done = run(compiled, program, server)
    assert (done.stdout, done.stderr, done.returncode) == (output, "", 0)


@pytest.mark.parametrize("guide", OWN, ids=lambda guide: guide.name)
def test_the_callback_receiver(server, compiled, guide):
    (number,) = [number for number, (text, _) in enumerate(blocks(guide), 1) if "verifyWebhook" in text]
    command = [str(BINARY), "webhook-secret", "--data-dir", str(server.data)]
    secret = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environment = {**os.environ, "ASKWELL_WEBHOOK_SECRET": secret, "PORT": port}
    command = ["node", str(compiled / f"{name(guide, number)}.mjs")]
    receiver = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        url = f"http://127.0.0.1:{port}/askwell"
        while True:
            try:
                assert requests.post(url, json={"event_id": "1", "status": "completed"}).status_code == 401
                break
            except requests.ConnectionError:
                assert receiver.poll() is None
        session = server.open(confirmation(), callback_url=url)
        server.respond(session["session_id"], {"choice": "confirm"})
        assert receiver.stdout.readline() == "completed 1\n"
    finally:
        receiver.kill()
        receiver.wait()


def test_the_example_plans_again_until_the_plan_is_approved(server, compiled):
    decisions = {1: {"action": "modify", "modification_instructions": "Ask the operators"}, 2: {"action": "approve"}}
    Person(server, lambda session: decisions[session["interaction_data"]["attempt"]])
    done = run(compiled, "plan-review", server, server.url)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "attempt 1: 3 steps to review",
        "attempt 2: 4 steps to review",
        "approved by li.wei",
        "step 1: Collect candidates",
        "step 2: Compare them",
        "step 3: Ask the operators",
        "step 4: Write the report",
    ]


def test_the_example_carries_out_nothing_that_is_stopped(server, compiled):
    Person(server, lambda session: {"action": "abort"})
    done = run(compiled, "plan-review", server, server.url)
    assert (done.returncode, "step 1" in done.stdout) == (1, False)


def test_both_languages_show_the_same_programs():
    english, chinese = (blocks(guide) for guide in OWN)
    assert len(english) == len(chinese)
    for (program, _), (other, _) in zip(english, chinese):
        calls = [sorted(re.findall(r"\b(?:askwell\.\w+|import .*)", text)) for text in (program, other)]
        assert calls[0] == calls[1]


def test_every_program_is_run():
    for guide in GUIDES:
        for program, output in blocks(guide):
            assert output or "verifyWebhook" in program
