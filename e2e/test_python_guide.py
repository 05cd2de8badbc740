"""What the Python client's README and guide show works as it stands, but for the port, and prints what they say."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests
from conftest import BINARY, ROOT, confirmation
from person import Person
from werkzeug.serving import make_server as make_http_server

GUIDES = [ROOT / "clients/python/README.md", ROOT / "docs/guide/python.md", ROOT / "docs/guide/python.zh-CN.md"]
BLOCK = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)


def blocks(guide: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(guide.read_text())


def programs() -> list:
    return [
        pytest.param(program, output, id=f"{guide.name}-{number}")
        for guide in GUIDES
        for number, (program, output) in enumerate(blocks(guide), 1)
        if output
    ]


def decide(session: dict) -> dict | None:
    asked = session["interaction_data"]
    match asked["interaction_type"]:
        case "confirmation":
            # One question of the guide is asked only to be cancelled.
            cancelled = asked["title"] in ("Restart the database?", "重启数据库？")
            return None if cancelled else {"choice": asked["options"][0]["value"]}
        case "selection":
            return {"selection": asked["options"][0]["value"]}
        case "text_input":
            return {"host": "build-3", "port": 8080}
        case "review" if asked["attempt"] == 1:
            return {"action": "modify", "modification_instructions": "Compare them"}
        case "review":
            return {"action": "approve"}


@pytest.mark.parametrize(("program", "output"), programs())
def test_a_program_prints_what_the_guide_says(server, program, output):
    Person(server, decide)
    program = program.replace("http://127.0.0.1:8096", server.url)
    assert server.url in program
    done = subprocess.run([sys.executable, "-X", "dev", "-c", program], capture_output=True, text=True)
    # That is the machine's doing, not the program's.
    complaints = [line for line in done.stderr.splitlines() if not re.match(r"Executing <.* took ", line)]
    assert (done.stdout, complaints, done.returncode) == (output, [], 0)


@pytest.mark.parametrize("guide", GUIDES[1:], ids=lambda guide: guide.name)
def test_the_callback_route(server, guide, monkeypatch):
    (program,) = [program for program, _ in blocks(guide) if "verify_webhook" in program]
    command = [str(BINARY), "webhook-secret", "--data-dir", str(server.data)]
    secret = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    monkeypatch.setitem(os.environ, "ASKWELL_WEBHOOK_SECRET", secret)
    names = {"__name__": "guide"}
    exec(program, names)
    http = make_http_server("127.0.0.1", 0, names["app"], threaded=True)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{http.server_port}/askwell"
    assert requests.post(url, json={"event_id": "1", "status": "completed"}).status_code == 401
    session = server.open(confirmation(), callback_url=url)
    server.respond(session["session_id"], {"choice": "confirm"})
    while server.get(session["session_id"])["delivery"]["state"] != "delivered":
        pass
    http.shutdown()
    (payload,) = names["outcomes"].values()
    assert (payload["session_id"], payload["status"]) == (session["session_id"], "completed")


def test_both_languages_show_the_same_programs():
    english, chinese = (blocks(guide) for guide in GUIDES[1:])
    assert len(english) == len(chinese)
    for (program, _), (other, _) in zip(english, chinese):
        calls = [sorted(re.findall(r"\b(?:askwell\.\w+|from askwell import .*)", text)) for text in (program, other)]
        assert calls[0] == calls[1]


def test_every_program_is_run():
    for guide in GUIDES:
        for program, output in blocks(guide):
            assert output or "verify_webhook" in program
