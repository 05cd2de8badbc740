"""Starting, stopping, doors, and what an operator uses."""

import json
import subprocess

import pytest
import requests
from conftest import BINARY, confirmation


def askwell(*args: str, cwd=None, stdin=None) -> subprocess.CompletedProcess:
    return subprocess.run([str(BINARY), *args], cwd=cwd, capture_output=True, text=True, input=stdin)


def test_the_start_says_where_things_are(server):
    said = "".join(server.output)
    assert server.url in said and "/docs" in said and "data" in said


def test_a_second_process_says_who_holds_the_data(server, tmp_path):
    second = askwell("serve", "--data-dir", str(server.data), "--port", "0", cwd=tmp_path)
    assert second.returncode != 0
    assert str(server.process.pid) in second.stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--host", "0.0.0.0"], ["security.enable_auth", "security.allow_unauthenticated_network"]),
        (["--config", "missing.yaml"], ["missing.yaml"]),
    ],
)
def test_it_refuses_to_start_unsafely(tmp_path, args, words):
    refused = askwell("serve", "--port", "0", *args, cwd=tmp_path)
    assert refused.returncode != 0
    for word in words:
        assert word in refused.stderr


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Origin": "http://localhost:3000"}, True),
        ({"Origin": "http://127.0.0.1:8096"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "http://localhost.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Host": "evil.example"}, False),
        ({"Host": "localhost:1234"}, True),
        ({"Host": "127.0.0.1.evil.example"}, False),
    ],
)
def test_only_this_machine_and_its_pages_come_in(server, headers, allowed):
    for reply in (
        requests.get(f"{server.url}/api/sessions", headers=headers),
        requests.post(f"{server.url}/api/sessions", json={"interaction_data": confirmation()}, headers=headers),
    ):
        assert (reply.status_code == 200) is allowed, reply.text
        if not allowed:
            assert reply.status_code == 403
            assert "Access-Control-Allow-Origin" not in reply.headers


def test_an_address_can_be_an_allowed_host(make_server):
    server = make_server(env={"ASKWELL__SECURITY__ALLOWED_HOSTS": "fd00::5"}).start()
    for host, status in (("[fd00::5]:8096", 200), ("[fd00::6]:8096", 403)):
        assert requests.get(f"{server.url}/api/health", headers={"Host": host}).status_code == status


def test_health_readiness_metrics_and_documents(server):
    health = server.api("/health")
    assert (health["status"], health["service"], health["initialized"]) == ("healthy", "human_loop_mcp", True)
    assert health["timestamp"].endswith("Z")
    assert requests.get(f"{server.url}/ready").status_code == 200
    server.open()
    assert "askwell_sessions_opened_total 1" in requests.get(f"{server.url}/metrics").text
    document = requests.get(f"{server.url}/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert json.loads(askwell("openapi").stdout) == document
    docs = requests.get(f"{server.url}/docs")
    assert docs.status_code == 200 and "text/html" in docs.headers["Content-Type"]
    page = requests.get(f"{server.url}/")
    assert page.status_code == 200 and "trusted-types askwell" in page.headers["Content-Security-Policy"]
    assert set(server.api("/templates")["templates"]) == {
        "confirmation",
        "selection",
        "text_input",
        "file_upload",
        "review",
        "custom",
    }


def until(condition):
    while True:
        value = condition()
        if value:
            return value


def test_a_backup_of_a_running_server_is_a_whole_database(make_server, tmp_path):
    server = make_server().start()
    session_id = server.open()["session_id"]
    server.respond(session_id, {"choice": "confirm"})
    copy = tmp_path / "copy"
    copy.mkdir()
    done = askwell("backup", "--data-dir", str(server.data), str(copy / "askwell.db"))
    assert done.returncode == 0, done.stderr
    again = askwell("backup", "--data-dir", str(server.data), str(copy / "askwell.db"))
    assert again.returncode != 0
    restored = make_server()
    (restored.folder / "data").mkdir()
    (copy / "askwell.db").rename(restored.folder / "data/askwell.db")
    restored.start()
    assert restored.get(session_id)["status"] == "completed"


def test_what_is_written_only_its_owner_can_read(make_server, tmp_path):
    data = tmp_path / "open"
    data.mkdir(mode=0o755)
    server = make_server(data=data).start()
    server.open()
    done = askwell("backup", "--data-dir", str(data), str(tmp_path / "copy.db"))
    assert done.returncode == 0, done.stderr
    written = [path for path in data.rglob("*") if path.is_file()] + [tmp_path / "copy.db"]
    assert {"askwell.db", "askwell.lock", "askwell.log", "copy.db"} <= {path.name for path in written}
    assert [path for path in written if path.stat().st_mode & 0o077] == []


def ask(server, *args: str) -> subprocess.Popen:
    command = [str(BINARY), "ask", "--server", server.url, *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def asked(server) -> dict:
    return until(lambda: server.api("/sessions")["sessions"])[0]


@pytest.mark.parametrize(("choice", "code"), [("confirm", 0), ("cancel", 1)])
def test_ask_prints_the_answer_and_exits_by_it(server, choice, code):
    process = ask(server, "--title", "Deploy?", "--confirm")
    assert server.respond(asked(server)["session_id"], {"choice": choice}).status_code == 200
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert json.loads(out)["choice"] == choice


def test_ask_tells_time_out_from_cancel(server):
    late = ask(server, "--title", "Deploy?", "--confirm", "--timeout", "1")
    late.communicate(timeout=60)
    assert late.returncode == 3
    process = ask(server, "--title", "Deploy?", "--confirm")
    server.cancel(asked(server)["session_id"])
    process.communicate(timeout=60)
    assert process.returncode == 4


def test_ask_outlives_a_restart_of_the_server(make_server):
    server = make_server().start()
    process = ask(server, "--title", "Deploy?", "--confirm")
    session_id = asked(server)["session_id"]
    server.kill()
    server.start()
    server.respond(session_id, {"choice": "confirm"})
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert server.api("/statistics")["statistics"]["total_sessions"] == 1


def test_a_graceful_stop_exits_with_zero(make_server):
    server = make_server().start()
    session_id = server.open()["session_id"]
    assert server.stop() == 0
    server.start()
    assert server.get(session_id)["status"] == "pending"
