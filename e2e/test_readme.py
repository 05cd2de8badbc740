"""What the README tells a newcomer to type works as it stands, but for the port."""

import re
import subprocess
from pathlib import Path

import pytest
from conftest import BINARY, ROOT

READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


def blocks(readme: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", readme.read_text(), re.DOTALL)


def run(server, folder: Path, *command: str) -> subprocess.Popen:
    path = f"{BINARY.parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": path, "ASKWELL_SERVER": server.url, "no_proxy": "127.0.0.1"},
    )


def asked(server, process: subprocess.Popen) -> dict:
    while process.poll() is None:
        sessions = server.api("/sessions")["sessions"]
        if sessions:
            return sessions[0]
    raise AssertionError("it has ended and asked nothing")


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_curl_lines(server, tmp_path, readme):
    script = "".join(block for block in blocks(readme, "sh") if "curl" in block).replace("http://127.0.0.1:8096", server.url)
    assert script.count("curl") == 3
    out, err = run(server, tmp_path, "bash", "-euc", script).communicate(timeout=60)
    last = out.strip().rsplit('{"success"', 1)[1]
    assert '"status":"completed"' in last and '"choice":"deploy"' in last, out + err


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_python_example(server, tmp_path, readme):
    (script,) = blocks(readme, "python")
    process = run(server, tmp_path, str(ROOT / "target/venv/bin/python"), "-c", script.replace("http://127.0.0.1:8096", server.url))
    answer = {"host": "build-3", "port": 8080}
    assert server.respond(asked(server, process)["session_id"], answer).status_code == 200
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out.strip() == str(answer)


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_shell_example(server, tmp_path, readme):
    (script,) = [block for block in blocks(readme, "sh") if "askwell ask" in block]
    (tmp_path / "deploy.sh").write_text("#!/bin/sh\necho deployed\n")
    (tmp_path / "deploy.sh").chmod(0o755)
    process = run(server, tmp_path, "bash", "-euc", script)
    server.respond(asked(server, process)["session_id"], {"choice": "confirm"})
    out, err = process.communicate(timeout=60)
    assert out.strip() == "deployed", err
