"""The original component's database, read into a new one by the shipped binary."""

import json
import sqlite3
import subprocess

from conftest import BINARY

PENDING = "11111111-1111-4111-8111-111111111111"
ANSWERED = "22222222-2222-4222-8222-222222222222"


def original(path) -> None:
    asked = json.dumps(
        {
            "interaction_type": "confirmation",
            "title": "确认部署",
            "message": "?",
            "fields": None,
            "options": [{"value": "confirm", "label": "确认"}, {"value": "cancel", "label": "取消"}],
            "timeout": 300,
            "multiple": False,
        }
    )
    answer = json.dumps(
        {
            "session_id": ANSWERED,
            "response_data": {"choice": "confirm"},
            "submitted_at": "2025-06-17T10:31:00.250000",
            "user_id": "user-123",
        }
    )
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE sessions (session_id TEXT PRIMARY KEY, workflow_id TEXT, callback_url TEXT,"
            " interaction_data TEXT, status TEXT, created_at TEXT, updated_at TEXT, expires_at TEXT,"
            " response_data TEXT, error_message TEXT)"
        )
        times = ("2025-06-17T10:30:00.123456", "2025-06-17T10:31:00.250099")
        database.execute(
            "INSERT INTO sessions VALUES (?, 'wf', NULL, ?, 'pending', ?, ?, '2099-01-01T00:00:00', NULL, NULL)",
            (PENDING, asked, *times),
        )
        database.execute(
            "INSERT INTO sessions VALUES (?, 'wf', NULL, ?, 'completed', ?, ?, '2025-06-17T10:35:00', ?, NULL)",
            (ANSWERED, asked, *times, answer),
        )


def test_the_original_is_read_into_a_new_database_and_left_alone(make_server, tmp_path):
    old = tmp_path / "human_loop.db"
    original(old)
    before = old.read_bytes()
    server = make_server()
    refused = subprocess.run(
        [str(BINARY), "serve", "--port", "0", "--data-dir", str(server.data)],
        env={"ASKWELL__DATABASE__PATH": str(old)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert refused.returncode != 0 and "askwell import" in refused.stderr
    for _ in range(2):
        done = subprocess.run(
            [str(BINARY), "import", str(old), "--data-dir", str(server.data)], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert old.read_bytes() == before
    server.start()
    assert server.api("/statistics")["statistics"]["total_sessions"] == 2
    answered = server.get(ANSWERED)
    assert answered["created_at"] == "2025-06-17T10:30:00.123Z"
    assert (answered["status"], answered["response"]["user_id"]) == ("completed", "user-123")
    assert answered["response"]["response_data"] == {"choice": "confirm"}
    assert server.respond(PENDING, {"choice": "cancel"}).status_code == 200
