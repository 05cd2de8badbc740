"""On a network: TLS of our own, and behind nginx as docs/guide/network.md says."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from conftest import BINARY, ROOT, Server
from sockets import PATIENCE, TRANSPORTS, Listener

GUIDE = ROOT / "docs/guide/network.md"


@dataclass
class Certificate:
    """For `localhost`, signed by itself: clients trust the file."""

    pem: Path
    key: Path


@pytest.fixture
def certificate(tmp_path, monkeypatch) -> Certificate:
    made = Certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-out", str(made.pem), "-keyout", str(made.key)],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made.pem))
    return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(make_server, tmp_path, yaml: str, **options) -> Server:
    """The server with this configuration. Its calls of `Server` go to `url`."""
    file = tmp_path / "config.yaml"
    file.write_text(yaml)
    return make_server("--config", str(file), **options).start()


def own_tls(make_server, tmp_path, certificate, more: str = "") -> Server:
    yaml = f"server:\n  tls_certificate: {certificate.pem}\n  tls_key: {certificate.key}\n{more}"
    return started(make_server, tmp_path, yaml, scheme="https")


@pytest.fixture
def nginx(tmp_path, certificate):
    """Starts nginx with the block of the guide, in front of a port; returns its own address."""
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx), so the guide's example is not proven here")
    processes = []

    def start(upstream: int, port: int) -> str:
        folder = tmp_path / "nginx"
        (folder / "temp").mkdir(parents=True)
        block = re.search(r"```nginx\n(.*?)```", GUIDE.read_text(), re.S)[1]
        for there, here in [
            ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
            ("server_name ask.example.com", "server_name localhost"),
            ("/etc/letsencrypt/live/ask.example.com/fullchain.pem", str(certificate.pem)),
            ("/etc/letsencrypt/live/ask.example.com/privkey.pem", str(certificate.key)),
            ("http://127.0.0.1:8096", f"http://127.0.0.1:{upstream}"),
        ]:
            assert there in block, f"the guide no longer says {there!r}"
            block = block.replace(there, here)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{kind}_temp_path {folder}/temp/{kind};\n" for kind in kinds)
        (folder / "nginx.conf").write_text(
            f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{places}{block}\n}}\n"
        )
        command = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        processes.append(process)
        deadline = time.monotonic() + PATIENCE
        while True:
            assert process.poll() is None, process.stdout.read()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
                return f"https://localhost:{port}"
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, "nginx does not listen"
                time.sleep(0.05)

    yield start
    for process in processes:
        process.terminate()
        process.wait(timeout=PATIENCE)


def behind_nginx(make_server, tmp_path, nginx, security: str = "") -> Server:
    port = free_port()
    yaml = f"server:\n  public_url: https://localhost:{port}\n  trusted_proxies: [127.0.0.1]\n{security}"
    server = started(make_server, tmp_path, yaml)
    server.url = nginx(int(server.url.rsplit(":", 1)[1]), port)
    return server


@pytest.fixture(params=["own", "nginx"])
def door(request, make_server, tmp_path, certificate) -> Server:
    """A server that is reached by TLS, whoever speaks it."""
    if request.param == "own":
        return own_tls(make_server, tmp_path, certificate)
    return behind_nginx(make_server, tmp_path, request.getfixturevalue("nginx"))


def test_questions_are_asked_waited_for_and_answered(door):
    session = door.open()
    waited = []
    waiter = threading.Thread(target=lambda: waited.append(door.get(session["session_id"], wait=PATIENCE)))
    waiter.start()
    assert door.respond(session["session_id"], {"choice": "confirm"}).status_code == 200
    waiter.join(timeout=PATIENCE)
    assert waited[0]["status"] == "completed"


def test_events_come_when_they_happen(door):
    latest = door.api("/events", limit=1)
    headers = {"Accept": "text/event-stream"}
    parameters = {"after": latest["cursor"]} if latest.get("cursor") else {}
    with requests.get(f"{door.url}/api/events", headers=headers, params=parameters, stream=True, timeout=PATIENCE) as got:
        assert got.status_code == 200
        session = door.open()
        for line in got.iter_lines(decode_unicode=True):
            if line.startswith("data:") and session["session_id"] in line:
                return
    raise AssertionError("the stream ended before the event came")


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_sockets_hear_by_each_transport(door, certificate, transport):
    listener = Listener(door.url, transport, ca=str(certificate.pem))
    session = door.open()
    heard = listener.wait("new_session", session_id=session["session_id"])
    assert heard["session_id"] == session["session_id"]
    listener.client.disconnect()


def test_uploads_larger_than_a_proxy_likes_go_through(door):
    session = door.open({"interaction_type": "file_upload", "title": "Log?", "message": "The whole one"})
    files = {"file": ("log.txt", b"x" * (3 << 20), "text/plain")}
    sent = requests.post(f"{door.url}/api/sessions/{session['session_id']}/files", files=files)
    assert sent.status_code in (200, 201), sent.text


def test_the_client_is_who_the_proxy_says_and_nobody_else(make_server, tmp_path, certificate, nginx):
    server = behind_nginx(make_server, tmp_path, nginx)
    port = int(server.url.rsplit(":", 1)[1])
    context = ssl.create_default_context(cafile=str(certificate.pem))
    elsewhere = http.client.HTTPSConnection("localhost", port, source_address=("127.0.0.2", 0), context=context)
    elsewhere.request("GET", "/api/health", headers={"X-Forwarded-For": "203.0.113.66", "X-Request-Id": "spoof-1"})
    assert elsewhere.getresponse().status == 200
    deadline = time.monotonic() + PATIENCE
    log = server.data / "logs/askwell.log"
    while not (lines := [line for line in log.read_text().splitlines() if "spoof-1" in line]):
        assert time.monotonic() < deadline, "the request is not in the log"
        time.sleep(0.05)
    assert "127.0.0.2" in lines[0] and "203.0.113.66" not in lines[0], lines[0]


# One try a minute, so that no machine is too slow to see the second refused.
ACCOUNTS = "security:\n  enable_auth: true\nlimits:\n  login_per_account: 1\n"


@pytest.fixture(params=["own", "nginx"])
def accounts(request, make_server, tmp_path, certificate) -> Server:
    if request.param == "own":
        return own_tls(make_server, tmp_path, certificate, ACCOUNTS)
    return behind_nginx(make_server, tmp_path, request.getfixturevalue("nginx"), ACCOUNTS)


@pytest.mark.parametrize("path", ["/api/sessions", "/socket.io/?EIO=4&transport=polling"])
def test_cookies_count_from_our_own_page_only(accounts, path):
    cookie = {"Cookie": "__Host-askwell=made-up"}
    foreign = {**cookie, "Origin": "https://evil.example"}
    neighbour = {**cookie, "Origin": accounts.url, "Sec-Fetch-Site": "same-site"}
    # The proxy's public address is listed: what the browser says of the site does not matter there.
    refused = [foreign] if "localhost" in accounts.url else [foreign, neighbour]
    for headers in refused:
        reply = requests.get(accounts.url + path, headers=headers)
        assert (reply.status_code, reply.json()["code"]) == (403, "origin_not_allowed"), headers
        assert "Access-Control-Allow-Origin" not in reply.headers
    own = {**cookie, "Origin": accounts.url, "Sec-Fetch-Site": "same-origin"}
    assert requests.get(accounts.url + path, headers=own).status_code != 403


def test_guessing_slows_down(accounts):
    guess = {"login": "nobody-here", "password": "correct horse battery"}
    first, second = (requests.post(f"{accounts.url}/api/login", json=guess) for _ in range(2))
    assert (first.status_code, first.headers["RateLimit-Remaining"]) == (401, "0"), first.text
    assert (second.status_code, second.json()["code"]) == (429, "too_many_requests")
    assert second.headers["RateLimit-Limit"] == "1"
    assert 1 <= int(second.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("  tls_certificate: cert.pem\n", ["server.tls_certificate", "server.tls_key", "beside it"]),
        ("  tls_certificate: missing.pem\n  tls_key: key.pem\n", ["missing.pem", "expected the server's certificate"]),
        ("  tls_certificate: key.pem\n  tls_key: key.pem\n", ["key.pem", "holds no certificate"]),
        ("  tls_certificate: cert.pem\n  tls_key: other.pem\n", ["other.pem", "does not belong to"]),
    ],
)
def test_tls_files_that_do_not_hold_stop_the_start(certificate, tmp_path, keys, words):
    other = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "other.pem"]
    subprocess.run(other, cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "tls.yaml").write_text(f"server:\n{keys}")
    command = [str(BINARY), "serve", "--port", "0", "--config", "tls.yaml"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert refused.returncode != 0
    for word in words:
        assert re.search(word, refused.stdout + refused.stderr), refused.stdout + refused.stderr


def test_passwords_in_the_clear_are_said(make_server, tmp_path):
    server = started(make_server, tmp_path, "server:\n  host: 0.0.0.0\n" + ACCOUNTS)
    assert any("TRAVEL IN THE CLEAR" in line for line in server.output), "".join(server.output)
    assert requests.get(f"{server.url}/api/sessions").status_code == 401
