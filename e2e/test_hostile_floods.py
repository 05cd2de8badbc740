"""Whoever says too much, or takes nothing, costs a bounded amount and disturbs nobody."""

import json
import socket
import threading

import pytest
import requests
from raw_sockets import SEPARATOR, Polling, Websocket
from sockets import until
from websocket import ABNF
from wellbeing import memory, unharmed

MIB = 1 << 20
# A debug build's own growth, the database's cache and the allocator's habits included.
BOUND = 150 * MIB


def sent_away(server) -> int:
    lines = requests.get(f"{server.url}/metrics").text.splitlines()
    found = [line for line in lines if line.startswith("askwell_sockets_sent_away_total ")]
    return int(found[0].split()[1]) if found else 0


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
    with unharmed(server, listen):
        before = memory(server)
        client = Websocket(server.url).connect()
        text = f'42["{event}",{json.dumps(payloads.get(event, {}))}]'
        threading.Thread(target=pour, args=(client, [text] * count), daemon=True).start()
        answers = drain(client)
        assert len(answers) < count
        until(lambda: sent_away(server) == 1, "the end of the flood")
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
    return {"interaction_type": "custom", "title": "Large", "message": "x" * 20_000, "schema": {}}


@pytest.mark.parametrize("count", [2_000])
def test_whoever_reads_nothing_costs_little_and_is_cut(server, listen, count):
    with unharmed(server, listen, stores=True) as healthy:
        before = memory(server)
        sleepers = [Asleep(server.url) for _ in range(10)]
        pollers = [Polling(server.url).connect() for _ in range(10)]
        peak = before

        def create(number: int) -> None:
            http = requests.Session()
            for _ in range(number):
                reply = http.post(f"{server.url}/api/sessions", json={"interaction_data": large()})
                assert reply.status_code == 200, reply.text

        threads = [threading.Thread(target=create, args=(count // 4,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.1)
                peak = max(peak, memory(server))
        until(lambda: sent_away(server) >= 20, "the end of whoever reads nothing")
        peak = max(peak, memory(server))
        print(f"{count * 20_000 / MIB:.0f} MiB to each of 20 that read nothing: {(peak - before) / MIB:.1f} MiB more at most")
        assert peak - before < BOUND
        for sleeper in sleepers:
            assert sleeper.client.is_cut()
        for poller in pollers:
            assert poller.get().status_code in (200, 400)
        last = server.open()["session_id"]
        for client in healthy:
            client.wait("new_session", session_id=last)
            assert len(client.all("new_session")) == count + 2


def test_whoever_catches_up_and_reads_nothing_costs_little(server, listen):
    agent = listen(only="joined")
    start = agent.cursor
    for n in range(150):
        request = {"request_id": str(n), "checkpoint_name": "c", "context_message": "", "node_id": "n"}
        agent.call("hitl_request", {**request, "data_for_review": "x" * 480_000})
        agent.call("cancel", {"session_id": server.api("/system/hitl-pending")["requests"][0]["session_id"]})
    with unharmed(server, listen):
        before = peak = memory(server)
        sleepers = [Asleep(server.url, f'{{"after":"{start}"}}') for _ in range(8)]
        def gone() -> bool:
            nonlocal peak
            peak = max(peak, memory(server))
            return sent_away(server) >= len(sleepers)

        until(gone, "the end of whoever reads nothing")
        print(f"{len(sleepers)} clients that read nothing of 72 MB: {(peak - before) / MIB:.1f} MiB more at most")
        assert peak - before < BOUND
        for sleeper in sleepers:
            assert sleeper.client.is_cut()
