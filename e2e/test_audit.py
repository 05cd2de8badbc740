"""The audit: verified while the server runs, after it was killed, and as an export."""

import random
import shutil
import sqlite3
import subprocess
import threading

import requests
from conftest import BINARY, Server, confirmation


def audit(*args: str, given: bytes | None = None) -> subprocess.CompletedProcess:
    return subprocess.run([str(BINARY), "audit", *args], input=given, capture_output=True)


def head_of(done: subprocess.CompletedProcess) -> tuple[int, str]:
    assert done.returncode == 0, done.stderr.decode()
    count, _, _, head = done.stdout.decode().split()
    return int(count), head


def verify(server: Server, *args: str) -> subprocess.CompletedProcess:
    return audit("verify", "--data-dir", str(server.data), *args)


def test_the_audit_is_verified_while_the_server_runs(server):
    session = server.open()
    server.respond(session["session_id"], {"choice": "confirm"}, user_id="ann")
    count, head = head_of(verify(server))
    assert count == 2
    assert server.api("/audit")["entries"][0]["action"] == "session.answered"
    export = requests.get(f"{server.url}/api/audit/export").content
    assert export.count(b"\n") == 3 + 3 + 1
    later, _ = head_of(audit("verify", "-", "--head", head, given=export))
    assert later == 3
    # The same from the database, and a table.
    assert audit("export", "--data-dir", str(server.data)).stdout == export
    table = requests.get(f"{server.url}/api/audit/export?format=csv").content
    assert audit("export", "--format", "csv", "--data-dir", str(server.data)).stdout == table


def test_what_was_tampered_with_is_named(server, tmp_path):
    for _ in range(3):
        server.open()
    _, head = head_of(verify(server))
    export = requests.get(f"{server.url}/api/audit/export").content
    file = tmp_path / "audit.ndjson"
    for tampered, words in [
        (export.replace(b'"number":2', b'"number":9'), "entries 2 to 8"),
        (export.replace(b"session.opened", b"session.openeD", 1), "lines 1 to 2: entry 1 or its seal is not what"),
        (export[:-1], "line 9: it is not a line"),
        (b"".join(export.splitlines(True)[:-1]), "line 9: the export breaks off"),
    ]:
        file.write_bytes(tampered)
        done = audit("verify", str(file))
        assert done.returncode == 1 and not done.stdout
        assert words in done.stderr.decode(), done.stderr.decode()
    assert audit("verify", str(tmp_path / "none")).returncode == 2
    assert audit("verify", "--head", "12").returncode == 2

    # Whoever holds the file cuts its end off, and sets everything else to match.
    assert server.stop() == 0
    path = server.data / "askwell.db"
    conn = sqlite3.connect(path)
    refused = 0
    for table in ["audit", "audit_seals"]:
        for sql in [f"DELETE FROM {table}", f"UPDATE {table} SET rowid = rowid + 9"]:
            try:
                conn.execute(sql)
            except sqlite3.IntegrityError as error:
                refused += "append-only" in str(error)
    assert refused == 4
    conn.rollback()
    for (trigger,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        conn.execute(f"DROP TRIGGER {trigger}")
    last, hash = conn.execute("SELECT last, hash FROM audit_seals ORDER BY last LIMIT 1").fetchone()
    conn.execute("DELETE FROM audit WHERE number > ?", [last])
    conn.execute("DELETE FROM audit_seals WHERE last > ?", [last])
    conn.commit()
    assert f"from entry {last + 1} on" in verify(server).stderr.decode()
    conn.execute("UPDATE audit_head SET number = ?, hash = ?", [last, hash])
    conn.commit()
    conn.close()
    assert head_of(verify(server)) == (last, hash.hex())
    done = verify(server, "--head", head)
    assert done.returncode == 1 and "cut or replaced" in done.stderr.decode()


def test_a_kill_leaves_a_chain_that_holds(make_server, tmp_path):
    server = make_server()
    chance = random.Random()
    known, acknowledged = [], []
    for _ in range(5):
        server.start()
        stop = threading.Event()

        def client():
            http = requests.Session()
            while not stop.is_set():
                try:
                    reply = http.post(f"{server.url}/api/sessions", json={"interaction_data": confirmation()})
                    if reply.status_code == 200:
                        acknowledged.append(reply.json()["session_id"])
                except requests.RequestException:
                    return

        clients = [threading.Thread(target=client) for _ in range(4)]
        for each in clients:
            each.start()
        target = len(acknowledged) + chance.randrange(20, 200)
        while len(acknowledged) < target:
            _, head = head_of(verify(server))
            known.append(head)
        server.kill()
        stop.set()
        for each in clients:
            each.join()
        # As it lies there, before anybody opens it again.
        copy = tmp_path / f"copy-{len(known)}"
        shutil.copytree(server.data, copy)
        count, head = head_of(audit("verify", "--data-dir", str(copy)))
        assert count >= len(acknowledged)
        known.append(head)
    server.start()
    for head in known[-20:]:
        head_of(verify(server, "--head", head))
    said = set()
    before = ""
    while before is not None:
        page = server.api("/audit", action="session.opened", limit=500, **({"before": before} if before else {}))
        said |= {entry["session_id"] for entry in page["entries"]}
        before = page["next"]
    assert set(acknowledged) <= said
