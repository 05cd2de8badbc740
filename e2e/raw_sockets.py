"""Engine.IO spoken by hand, to say what no official client would say."""

import json

import requests
import websocket
from sockets import PATIENCE

SEPARATOR = "\x1e"


class Polling:
    """A client over long polling."""

    def __init__(self, url: str, **headers: str):
        self.address = f"{url}/socket.io/"
        self.http = requests.Session()
        self.http.headers.update(headers)
        self.sid: str | None = None

    def params(self, **more: str) -> dict:
        return {"EIO": "4", "transport": "polling", **({"sid": self.sid} if self.sid else {}), **more}

    def handshake(self) -> dict:
        reply = self.get()
        assert reply.status_code == 200, reply.text
        greeting = json.loads(reply.text[1:])
        self.sid = greeting["sid"]
        return greeting

    def connect(self, auth: str = "") -> "Polling":
        """Up to the server's `connected`."""
        self.handshake()
        assert self.post(f"40{auth}").status_code == 200
        while '["connected",' not in self.get().text:
            pass
        return self

    def get(self, **params: str) -> requests.Response:
        return self.http.get(self.address, params=self.params(**params), timeout=PATIENCE)

    def post(self, body: str | bytes, **headers: str) -> requests.Response:
        data = body.encode() if isinstance(body, str) else body
        headers = {"Content-Type": "text/plain;charset=UTF-8", **headers}
        return self.http.post(self.address, params=self.params(), data=data, headers=headers, timeout=PATIENCE)

    def wait(self, part: str) -> str:
        """Polls until a packet holds this; answers pings."""
        while True:
            reply = self.get()
            assert reply.status_code == 200, f"{reply.status_code} {reply.text}"
            packets = reply.text.split(SEPARATOR)
            if "2" in packets:
                self.post("3")
            for packet in packets:
                if part in packet:
                    return packet


class Websocket:
    """A client over a websocket."""

    def __init__(self, url: str, sid: str | None = None, **options):
        query = "EIO=4&transport=websocket" + (f"&sid={sid}" if sid else "")
        self.line = websocket.create_connection(
            f"{url.replace('http', 'ws')}/socket.io/?{query}", timeout=PATIENCE, suppress_origin=True, **options
        )

    def handshake(self) -> dict:
        return json.loads(self.read()[1:])

    def connect(self, auth: str = "") -> "Websocket":
        self.handshake()
        self.say(f"40{auth}")
        self.wait('["connected",')
        return self

    def say(self, packet: str) -> None:
        self.line.send(packet)

    def read(self) -> str:
        return self.line.recv()

    def wait(self, part: str) -> str:
        """Reads until a packet holds this; answers pings."""
        while True:
            packet = self.read()
            if packet == "":
                raise ConnectionError("the server hung up")
            if packet == "2":
                self.say("3")
            if part in packet:
                return packet

    def is_cut(self) -> bool:
        """Reads to the end; true when the server hung up, and not this client's patience."""
        try:
            while self.read() != "":
                pass
        except websocket.WebSocketTimeoutException:
            return False
        except (websocket.WebSocketException, OSError):
            pass
        return True

    def close(self) -> None:
        self.line.close(timeout=0)
