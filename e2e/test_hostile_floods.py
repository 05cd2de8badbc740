"""Whoever says too much, or takes nothing, costs a bounded amount and disturbs nobody."""

import json
import socket
import threading

import pytest
import requests
from agents import ask, plan
from raw_sockets import SEPARATOR, Polling, Websocket
from sockets import until
from websocket import ABNF
from wellbeing import memory, queued, unharmed

MIB = 1 << 20
# A debug build's own growth, the database's cache and the allocator's habits included.
BOUND = 100 * MIB
LARGE = 20_000


def connected(server) -> int:
    lines = requests.get(f"{server.url}/metrics").text.splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("askwell_sockets "))


def pour(client: Websocket, packets: list[str]) -> None:
    """Sends all at once, as fast as the network takes it."""
    bytes_ = b"".join(ABNF.create_frame(packet, ABNF.OPCODE_TEXT).format() for packet in packets)
    try:
        client.line.sock.sendall(bytes_)
    except OSError:
        pass


def drain(client: Websocket) -> list[str]:
    """All that came until the server hung up."""
    read = []
    try:
        while packet := client.read():
            read.append(packet)
    except OSError:
        pass
    return read


def test_a_thousand_events_at_once_are_all_heard(server, listen):
    with unharmed(server, listen):
        client = Websocket(server.url).connect()
        pour(client, [f'42{n}["no_such_event",{{}}]' for n in range(900)])
        for n in range(900):
            assert '"code":"unknown_event"' in client.wait(f"43{n}[")
        client.close()


@pytest.mark.parametrize("count", [4_000, 20_000])
@pytest.mark.parametrize("event", ["no_such_event", "respond", "viewing", "join_session", "hitl_request", "subscribe"])
def test_a_flood_of_events_is_refused_and_then_cut(server, listen, event, count):
    session_id = server.open()["session_id"]
    request = {"request_id": "flood", "checkpoint_name": "c", "context_message": "", "node_id": "n"}
    listen(only="joined").call("hitl_request", request)
    payloads = {
        "respond": {"session_id": session_id, "response": {"choice": "maybe"}},
        "viewing": {"session_id": session_id, "user_id": "flood"},
        "join_session": {"session_id": session_id},
        "hitl_request": request,
        "subscribe": {"after": "latest"},
    }
    with unharmed(server, listen) as healthy:
        before = memory(server)
        client = Websocket(server.url).connect()
        text = f'42["{event}",{json.dumps(payloads.get(event, {}))}]'
        threading.Thread(target=pour, args=(client, [text] * count), daemon=True).start()
        answers = drain(client)
        assert len(answers) < count
        until(lambda: connected(server) == len(healthy) + 1, "the end of the flood")
        grown = memory(server) - before
        print(f"{event}: {len(answers)} answers to {count} events, {grown / MIB:.1f} MiB more")
        assert grown < BOUND


def test_a_flood_over_polling_is_cut_too(server, listen):
    with unharmed(server, listen):
        client = Polling(server.url).connect()
        body = SEPARATOR.join(['42["no_such_event",{}]'] * 20_000)
        statuses = {client.post(body).status_code for _ in range(5)}
        print(f"statuses {statuses}")
        assert statuses <= {200, 400, 413}
        until(lambda: client.get().status_code == 400, "the end of the flood")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_five_megabytes_in_one_frame_are_refused(server, listen, transport):
    with unharmed(server, listen):
        before = memory(server)
        packet = '42["respond",{"x":"' + "x" * 5_000_000 + '"}]'
        for _ in range(10):
            if transport == "polling":
                client = Polling(server.url).connect()
                try:
                    assert client.post(packet).status_code in (400, 413)
                except requests.ConnectionError:
                    # It hung up before all was sent.
                    pass
            else:
                client = Websocket(server.url).connect()
                pour(client, [packet])
                assert client.is_cut()
        grown = memory(server) - before
        print(f"{grown / MIB:.1f} MiB more")
        assert grown < BOUND


def test_five_megabytes_in_fragments_are_refused(server, listen):
    with unharmed(server, listen):
        client = Websocket(server.url).connect()
        try:
            client.line.send_frame(ABNF.create_frame('42["respond",{"x":"', ABNF.OPCODE_TEXT, fin=0))
            for _ in range(80):
                client.line.send_frame(ABNF.create_frame("x" * 65_536, ABNF.OPCODE_CONT, fin=0))
        except OSError:
            pass
        assert client.is_cut()


class Asleep:
    """A connected websocket that reads nothing, with as little as possible in the system's buffers."""

    def __init__(self, url: str, auth: str = ""):
        self.client = Websocket(url, sockopt=((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),)).connect(auth)


def large() -> dict:
    return {"interaction_type": "custom", "title": "Large", "message": "x" * LARGE, "schema": {}}


def open_large(server, number: int) -> None:
    http = requests.Session()
    for _ in range(number):
        reply = http.post(f"{server.url}/api/sessions", json={"interaction_data": large()})
        assert reply.status_code == 200, reply.text


def watch(server, threads: list[threading.Thread], left: int) -> int:
    """The most memory that the server held until the threads were done and so many clients were left."""
    peak = 0

    def done() -> bool:
        nonlocal peak
        peak = max(peak, memory(server))
        return not any(thread.is_alive() for thread in threads)

    for thread in threads:
        thread.start()
    until(lambda: done() and connected(server) <= left, "the end of whoever reads nothing")
    return peak


def test_whoever_reads_nothing_costs_little_and_is_cut(server, listen):
    count = 700
    with unharmed(server, listen, stores=True) as healthy:
        before = memory(server)
        sleepers = [Asleep(server.url) for _ in range(10)]
        pollers = [Polling(server.url).connect() for _ in range(10)]
        threads = [threading.Thread(target=open_large, args=(server, count // 2)) for _ in range(2)]
        peak = watch(server, threads, left=len(healthy))
        print(f"{count * LARGE / MIB:.0f} MiB to each of 20 that read nothing: {(peak - before) / MIB:.1f} MiB more at most")
        assert peak - before < BOUND
        for sleeper in sleepers:
            assert sleeper.client.is_cut()
        for poller in pollers:
            assert poller.get().status_code in (200, 400)
        last = server.open()["session_id"]
        for client in healthy:
            client.wait("new_session", session_id=last)
            assert len(client.all("new_session")) == count + 2


def test_the_system_keeps_little_for_whoever_reads_nothing(server, listen):
    """Megabytes there would hold up its heartbeat, and look as if it took them."""
    with unharmed(server, listen, stores=True):
        sleeper = Asleep(server.url)
        most = 0
        for _ in range(12):
            ask(server, {**plan(), "data_for_review": "x" * 480_000})
            most = max(most, queued(server))
        print(f"{most / MIB:.1f} MiB in the system's queue")
        assert most < 2 * MIB
        sleeper.client.close()


def test_whoever_catches_up_and_reads_nothing_costs_little(server, listen):
    start = listen().cursor
    for n in range(45):
        name = str(n)
        ask(server, {**plan(request_id=name), "data_for_review": "x" * 480_000})
        requests.post(f"{server.url}/api/system/hitl-response", json={"request_id": name, "action": "abort"})
    with unharmed(server, listen) as healthy:
        before = memory(server)
        sleepers = [Asleep(server.url, f'{{"after":"{start}"}}') for _ in range(16)]
        peak = watch(server, [], left=len(healthy) + 1)
        print(f"{len(sleepers)} clients that read nothing of 22 MB: {(peak - before) / MIB:.1f} MiB more at most")
        # Some events of half a megabyte for each; all of them would be more than twice as much.
        assert peak - before < 2 * BOUND
        for sleeper in sleepers:
            assert sleeper.client.is_cut()
