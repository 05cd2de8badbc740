"""Connections that are wrong, half, slow or from elsewhere."""

import socket
from urllib.parse import urlsplit

import pytest
import requests
import websocket
from raw_sockets import Polling, Websocket
from sockets import PATIENCE, until
from wellbeing import unharmed

EVIL = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://127.0.0.1.evil.example:8096"},
    {"Origin": "null"},
    {"Origin": "file://"},
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example"},
]
HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)


def line(server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(server.url).port), timeout=PATIENCE)


def is_over(plain: socket.socket) -> bool:
    """Reads to the end; true when the server ended it."""
    try:
        while plain.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


@pytest.mark.parametrize("headers", EVIL, ids=str)
@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_pages_and_names_from_elsewhere_are_kept_out(server, listen, transport, headers):
    with unharmed(server, listen):
        if transport == "polling":
            reply = Polling(server.url, **headers).get()
            assert reply.status_code == 403 and "Access-Control-Allow-Origin" not in reply.headers
            # Nor into a conversation that is under way, whoever learned its name.
            mine = Polling(server.url).connect()
            for call in (Polling.get, lambda theirs: theirs.post('42["no_such_event"]')):
                theirs = Polling(server.url, **headers)
                theirs.sid = mine.sid
                assert call(theirs).status_code == 403
        else:
            options = {"origin": headers["Origin"]} if "Origin" in headers else {"host": headers["Host"]}
            with pytest.raises(websocket.WebSocketBadStatusException) as refused:
                websocket.create_connection(
                    f"{server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket", timeout=PATIENCE, **options
                )
            assert refused.value.status_code == 403


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:5000", "http://[::1]:5173"])
def test_pages_of_this_machine_come_in(server, origin):
    polling = Polling(server.url, Origin=origin)
    reply = polling.get()
    assert reply.status_code == 200
    assert reply.headers["Access-Control-Allow-Origin"] == origin
    websocket.create_connection(
        f"{server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket", timeout=PATIENCE, origin=origin
    ).close()


def test_unknown_names_of_connections_are_refused(server, listen):
    with unharmed(server, listen):
        for sid in ("AAAAAAAAAAAAAAAA", "x", "..%2f", "\u0000", "名", "A" * 5_000, "'; drop table sessions; --"):
            stranger = Polling(server.url)
            stranger.sid = sid
            assert stranger.get().status_code == 400
            assert stranger.post("40").status_code == 400
            with pytest.raises((websocket.WebSocketException, OSError)) as refused:
                Websocket(server.url, sid=requests.utils.quote(sid)).handshake()
            assert not isinstance(refused.value, websocket.WebSocketTimeoutException)


@pytest.mark.parametrize("query", ["", "EIO=4", "EIO=3&transport=polling", "EIO=4&transport=pigeon", "transport=polling", "EIO=x&transport=polling", "EIO=4&transport=websocket"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_what_is_no_handshake_is_refused(server, query, method):
    reply = requests.request(method, f"{server.url}/socket.io/?{query}", data="40" if method != "GET" else None)
    assert 400 <= reply.status_code < 500, f"{reply.status_code} {reply.text}"
    assert server.api("/health")["status"] == "healthy"


def test_two_polls_at_once_end_that_conversation_at_most(server, listen):
    with unharmed(server, listen):
        client = Polling(server.url).connect()
        while True:
            # Until nothing is left to be fetched, so that a poll waits.
            hanging = line(server)
            hanging.sendall(
                f"GET /socket.io/?EIO=4&transport=polling&sid={client.sid} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
            )
            second = client.get()
            assert second.status_code in (200, 400)
            if second.status_code == 400:
                break
            hanging.close()
        hanging.close()


def test_a_connection_that_takes_over_a_live_one_is_refused(server, listen):
    """A websocket for a conversation that has one already."""
    with unharmed(server, listen):
        client = Polling(server.url).connect()
        first = Websocket(server.url, sid=client.sid)
        first.say("2probe")
        assert first.read() == "3probe"
        first.say("5")
        first.say('421["no_such_event"]')
        first.wait("431[")
        try:
            second = Websocket(server.url, sid=client.sid)
            second.say("2probe")
            assert second.is_cut()
        except (websocket.WebSocketException, OSError):
            pass
        first.close()


def test_an_upgrade_that_never_ends_harms_nobody(server, listen):
    with unharmed(server, listen):
        client = Polling(server.url).connect()
        half = Websocket(server.url, sid=client.sid)
        half.say("2probe")
        assert half.read() == "3probe"
        # No `5`: the client goes away instead.
        half.close()


def test_half_open_connections_harm_nobody(server, listen):
    with unharmed(server, listen, stores=True):
        halves = []
        for sent in ("", "GET", "GET /socket.io/?EIO=4", HANDSHAKE, HANDSHAKE + "\r\n"):
            for _ in range(50):
                half = line(server)
                half.sendall(sent.encode())
                halves.append(half)
        for half in halves[::2]:
            half.close()
        live = listen()
        session_id = server.open()["session_id"]
        assert live.wait("new_session", session_id=session_id)
        assert live.call("cancel", {"session_id": session_id})["success"] is True
        for half in halves:
            half.close()


def test_whoever_shakes_hands_and_says_nothing_is_cut(server, listen):
    with unharmed(server, listen):
        websockets = [Websocket(server.url) for _ in range(50)]
        pollings = [Polling(server.url) for _ in range(200)]
        for client in pollings:
            client.handshake()
        for client in websockets:
            client.handshake()
            assert client.is_cut()
        until(lambda: pollings[-1].get().status_code == 400, "the end of whoever said nothing")


def test_a_frame_that_never_ends_harms_nobody(server, listen):
    with unharmed(server, listen):
        halves = []
        for sent in (b"\x81\xfe", b"\x81\xff\x00\x00\x00\x00\x00\x0f\xff\xff", b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff", b"\xff\xff", b"\x80\x00", b"\x81\x05hello"):
            client = Websocket(server.url).connect()
            client.line.sock.sendall(sent)
            halves.append(client)
        live = listen()
        assert live.call("subscribe", {})["success"] is True
        for client in halves:
            client.close()


def test_a_body_that_never_ends_is_given_up(server, listen):
    with unharmed(server, listen):
        client = Polling(server.url).connect()
        slow = line(server)
        slow.sendall(
            f"POST /socket.io/?EIO=4&transport=polling&sid={client.sid} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Content-Type: text/plain\r\nContent-Length: 1000\r\n\r\n42".encode()
        )
        live = listen("polling")
        assert live.call("subscribe", {})["success"] is True
        assert slow.recv(100).startswith((b"HTTP/1.1 408", b"HTTP/1.1 400"))
        assert is_over(slow)


@pytest.mark.parametrize("path", ["/socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAA", "/api/sessions"])
@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"])
def test_a_refusal_before_the_body_keeps_the_connection_or_says_that_it_ends(server, path, host):
    one = line(server)
    one.sendall(f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n".encode())
    answer = one.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 4"), answer
    if b"connection: close" not in answer.lower():
        one.sendall(b"40GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert one.recv(65_536).startswith(b"HTTP/1.1 200")
