"""What was acknowledged survives: kills, restarts, a full disk."""

import concurrent.futures
import errno
import os
import random
import shutil
import subprocess
import threading
from datetime import datetime, timezone

import pytest
import requests
from conftest import confirmation

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(2**32)))


class Ledger:
    """What clients were told, to be compared with what the server says afterwards."""

    def __init__(self):
        self.lock = threading.Lock()
        self.opened = {}  # idempotency key -> session id
        self.answered = {}  # session id -> the choice that was acknowledged
        self.cancelled = set()
        self.unsure = {}  # session id -> choices sent without an acknowledgement

    def note(self, change):
        with self.lock:
            change()


def client(server, ledger: Ledger, stop: threading.Event, seed: str) -> None:
    chance = random.Random(seed)
    http = requests.Session()
    step = 0
    while not stop.is_set():
        step += 1
        key = f"{seed}-{step}"
        try:
            reply = http.post(
                f"{server.url}/api/sessions",
                json={"interaction_data": confirmation(timeout=3600)},
                headers={"Idempotency-Key": key},
            )
            if reply.status_code != 200:
                continue
            session_id = reply.json()["session_id"]
            ledger.note(lambda: ledger.opened.__setitem__(key, session_id))
            what = chance.random()
            if what < 0.6:
                choice = chance.choice(["confirm", "cancel"])
                ledger.note(lambda: ledger.unsure.setdefault(session_id, []).append(choice))
                reply = http.post(
                    f"{server.url}/api/sessions/{session_id}/respond",
                    json={"response": {"choice": choice}, "user_id": seed},
                )
                if reply.status_code == 200:
                    ledger.note(lambda: ledger.answered.__setitem__(session_id, choice))
            elif what < 0.8:
                reply = http.post(f"{server.url}/api/sessions/{session_id}/cancel", json={})
                if reply.status_code == 200:
                    ledger.note(lambda: ledger.cancelled.add(session_id))
        except requests.RequestException:
            http = requests.Session()


def events_of(server) -> list[dict]:
    events, after = [], None
    while True:
        page = server.api("/events", limit=500, **({"after": after} if after else {}))
        if not page["events"]:
            return events
        events += page["events"]
        after = page["next_cursor"]


def check(server, ledger: Ledger) -> None:
    events = events_of(server)
    cursors = [event["cursor"] for event in events]
    assert cursors == sorted(set(cursors)), "cursors repeat or fall back"
    versions, outcomes = {}, {}
    for event in events:
        versions.setdefault(event["session_id"], []).append(event["version"])
        if event["type"] in ("answered", "cancelled", "timed_out", "failed"):
            outcomes.setdefault(event["session_id"], []).append(event)
    for session_id, seen in versions.items():
        assert seen == list(range(1, len(seen) + 1)), f"hole or repeat in {session_id}: {seen}"
    for session_id, closing in outcomes.items():
        assert len(closing) == 1, f"two outcomes of {session_id}"
    for session_id in ledger.opened.values():
        assert session_id in versions, f"lost create {session_id}"
    for session_id, choice in ledger.answered.items():
        response = outcomes[session_id][0]["session"]["response"]
        assert response["response_data"] == {"choice": choice}, f"another answer in {session_id}"
    for session_id in ledger.cancelled:
        assert outcomes[session_id][0]["type"] == "cancelled"
    statistics = server.api("/statistics")["statistics"]
    assert statistics["total_sessions"] == len(versions), "the counters drifted"
    assert statistics["completed_sessions"] == sum(c[0]["type"] == "answered" for c in outcomes.values())


def test_kill_minus_nine_loses_and_doubles_nothing(make_server):
    print(f"SEED={SEED} KILLS={KILLS}")
    chance = random.Random(SEED)
    server = make_server().start()
    ledger = Ledger()
    for round_number in range(KILLS):
        stop = threading.Event()
        before = len(ledger.opened) + len(ledger.answered)
        threads = [
            threading.Thread(target=client, args=(server, ledger, stop, f"{SEED}-{round_number}-{n}")) for n in range(4)
        ]
        for thread in threads:
            thread.start()
        # Killed after some number of acknowledgements, not after some time.
        target = before + chance.randint(5, 60)
        while len(ledger.opened) + len(ledger.answered) < target:
            stop.wait(0.001)
        server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        server.start()
    check(server, ledger)
    print(f"acknowledged: {len(ledger.opened)} opened, {len(ledger.answered)} answered, {len(ledger.cancelled)} cancelled")
    # A create that is repeated after all that finds its session again.
    for key, session_id in chance.sample(sorted(ledger.opened.items()), 20):
        reply = server.create(confirmation(timeout=3600), headers={"Idempotency-Key": key})
        assert reply.json()["session_id"] == session_id
    check(server, ledger)


def test_an_idempotency_key_holds_across_a_restart_and_after_the_close(make_server):
    server = make_server().start()
    key = {"Idempotency-Key": "release-7"}
    first = server.create(headers=key).json()
    assert server.respond(first["session_id"], {"choice": "confirm"}).status_code == 200
    server.kill()
    server.start()
    again = server.create(headers=key)
    assert again.status_code == 200
    assert again.json()["session_id"] == first["session_id"]
    assert again.json()["session"]["status"] == "completed"
    other = server.create(confirmation(title="Something else"), headers=key)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_mismatch"
    assert server.api("/statistics")["statistics"]["total_sessions"] == 1


def test_a_deadline_that_passed_while_the_server_was_down(make_server):
    server = make_server().start()
    session = server.open(confirmation(timeout=1, default_value="cancel"), on_timeout="default")
    server.kill()
    # Down until the deadline is behind us.
    deadline = datetime.fromisoformat(session["expires_at"])
    while datetime.now(timezone.utc) < deadline:
        pass
    server.start()
    late = server.respond(session["session_id"], {"choice": "confirm"})
    assert late.status_code == 409
    assert late.json()["code"] == "session_expired"
    closed = server.get(session["session_id"], wait=30)
    assert closed["status"] == "timeout"
    assert closed["response"]["response_data"] == {"choice": "cancel"}
    assert closed["response"]["source"] == "timeout"
    assert closed["response"]["user_id"] is None


def test_sixty_four_racers_make_one_winner(server):
    session_id = server.open()["session_id"]
    start = threading.Barrier(64)

    def race(number: int):
        http = requests.Session()
        start.wait()
        return http.post(
            f"{server.url}/api/sessions/{session_id}/respond",
            json={"response": {"choice": random.choice(["confirm", "cancel"])}, "user_id": f"racer-{number}"},
        )

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        replies = list(pool.map(race, range(64)))
    winners = [n for n, reply in enumerate(replies) if reply.status_code == 200]
    assert len(winners) == 1
    winner = f"racer-{winners[0]}"
    for number, reply in enumerate(replies):
        if number != winners[0]:
            assert reply.status_code == 409
            assert reply.json()["code"] == "session_closed"
            assert winner in reply.json()["detail"]
    assert server.get(session_id)["response"]["user_id"] == winner


def can_mount() -> bool:
    probe = "mount -t tmpfs -o size=1m none /mnt"
    return bool(shutil.which("unshare")) and subprocess.run(
        ["unshare", "-rm", "sh", "-c", probe], capture_output=True
    ).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="no user namespaces here; the engine's own tests fill a disk by page limit")
def test_a_full_disk_loses_nothing_and_heals_without_a_restart(make_server, tmp_path):
    mount = tmp_path / "small"
    mount.mkdir()
    script = f'mount -t tmpfs -o size=6m none {mount} && exec "$@"'
    server = make_server(data=mount / "data", prefix=("unshare", "-rm", "sh", "-c", script, "sh")).start()
    inside = f"/proc/{server.process.pid}/root{mount}"
    answered_later = server.open()["session_id"]
    filler = os.open(f"{inside}/filler", os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(filler, b"\0" * 4096):
            pass
    except OSError as full:
        assert full.errno == errno.ENOSPC
    acknowledged, refused = [answered_later], 0
    big = confirmation(message="x" * 60_000)
    while refused < 20:
        reply = server.create(big)
        if reply.status_code == 200:
            acknowledged.append(reply.json()["session_id"])
        else:
            assert reply.status_code == 507, reply.text
            assert reply.json()["code"] == "disk_full"
            refused += 1
    # Reads go on, and nothing acknowledged is missing.
    for session_id in acknowledged:
        assert server.get(session_id)["status"] == "pending"
    assert server.api("/statistics")["statistics"]["total_sessions"] == len(acknowledged)
    os.ftruncate(filler, 0)
    os.close(filler)
    assert server.respond(answered_later, {"choice": "confirm"}).status_code == 200
    assert server.create(big).status_code == 200
