"""A graceful stop with people and agents on the line."""

import signal

import pytest
from raw_sockets import Websocket
from sockets import TRANSPORTS, feed
from traffic import Traffic


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_the_server_stops_at_once_and_everybody_comes_back(make_server, listen, busy):
    server = make_server().start()
    listeners = [listen(transport, to=server, resumes=True) for transport in TRANSPORTS for _ in range(2)]
    traffic = Traffic(server) if busy else None
    if traffic:
        traffic.wait(10)
    server.process.send_signal(signal.SIGTERM)
    # Promised: 10 seconds.
    assert server.process.wait(timeout=10) == 0
    for listener in listeners:
        listener.wait("disconnect")
    server.start()
    for listener in listeners:
        listener.wait("connected", count=2)
    if traffic:
        traffic.wait(10)
        # What a stop does to a call that is under way is that call's business.
        traffic.failed = [failure for failure in traffic.failed if " 503 " not in failure]
        traffic.stop()
    server.open()
    happened = feed(server)
    for listener in listeners:
        listener.wait_for_cursor(happened[-1][0])
        assert listener.changes() == happened


def test_a_stop_does_not_wait_for_whoever_reads_nothing(make_server, listen):
    server = make_server().start()
    silent = Websocket(server.url).connect()
    listen("polling", to=server)
    big = {"interaction_type": "custom", "title": "t", "message": "x" * 60_000, "schema": {}}
    for _ in range(60):
        server.open(big)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=10) == 0
    silent.close()
