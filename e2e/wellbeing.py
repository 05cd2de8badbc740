"""What must hold whatever somebody does to the server: nothing stored, nothing lost, nobody else harmed."""

import re
from contextlib import contextmanager

from sockets import TRANSPORTS

BROKEN = re.compile(r"panic| status=5\d\d | ERROR ")


def stands(server) -> tuple:
    """Counts and the feed's cursor."""
    return server.api("/statistics")["statistics"], server.api("/events", after="latest")["next_cursor"]


def memory(server) -> int:
    """Bytes that the server's process holds in memory."""
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))


def queued(server) -> int:
    """The most bytes that the system keeps for one of the server's clients that does not take them."""
    port = f":{int(server.url.rsplit(':', 1)[1]):04X}"
    with open("/proc/net/tcp") as lines:
        connections = [line.split() for line in lines]
    return max((int(one[4].split(":")[0], 16) for one in connections if one[1].endswith(port)), default=0)


def complaints(server) -> list[str]:
    """Lines of the server's output and log that tell of a panic, an error or an answer of 500 and above."""
    log = server.data / "logs/askwell.log"
    lines = [*server.output, *(log.read_text().splitlines() if log.exists() else [])]
    return [line for line in lines if BROKEN.search(line)]


@contextmanager
def unharmed(server, listen, stores: bool = False):
    """Nothing is stored between its beginning and its end, unless it `stores`; clients of each transport go on."""
    healthy = [listen(transport) for transport in TRANSPORTS]
    session_id = server.open()["session_id"]
    before = stands(server)
    yield healthy
    if not stores:
        assert stands(server) == before
    assert server.get(session_id)["status"] == "pending"
    assert server.process.poll() is None, "".join(server.output[-20:])
    assert server.api("/health")["status"] == "healthy"
    after = server.open()["session_id"]
    for client in [*healthy, *(listen(transport) for transport in TRANSPORTS)]:
        assert client.call("join_session", {"session_id": session_id})["success"] is True
    for client in healthy:
        client.wait("new_session", session_id=after)
        assert client.all("disconnect") == [] == client.all("hitl_error")
        changes = [change[0] for change in client.changes()]
        assert changes == sorted(set(changes))
    assert server.respond(after, {"choice": "confirm"}).status_code == 200
    for client in healthy:
        client.wait("session_completed", session_id=after)
    assert complaints(server) == []
