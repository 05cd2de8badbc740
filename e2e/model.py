"""A model that says what a test wrote for it: the few calls of `/v1/messages` that Claude Code makes, on loopback."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def says(text: str) -> dict:
    return {"type": "text", "text": text}


def uses(tool: str, tool_use_id: str, **given) -> dict:
    return {"type": "tool_use", "id": tool_use_id, "name": tool, "input": given}


class Endpoint(ThreadingHTTPServer):
    def handle_error(self, request, client_address) -> None:
        """A client that drops a connection is no fault."""


class Model:
    """Gives its turns one by one to whoever offers it tools, then says "Done."; a request without tools gets a word."""

    def __init__(self, *turns: dict):
        self.turns = list(turns)
        self.requests: list[dict] = []
        self.lock = threading.Lock()
        self.http = Endpoint(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def answer(self, request: dict) -> dict:
        with self.lock:
            self.requests.append(request)
            if not request.get("tools"):
                return says("OK")
            return self.turns.pop(0) if self.turns else says("Done.")

    def tools(self) -> set[str]:
        """The names of all tools that the model was offered."""
        return {tool["name"] for request in self.requests for tool in request.get("tools", [])}

    def result(self, tool_use_id: str) -> dict:
        """What the model was told came of a use of a tool."""
        for request in self.requests:
            for message in request["messages"]:
                for block in message["content"] if isinstance(message["content"], list) else []:
                    if block["type"] == "tool_result" and block["tool_use_id"] == tool_use_id:
                        return block
        raise AssertionError(f"no result of {tool_use_id} among {len(self.requests)} requests")

    def handler(self) -> type:
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_) -> None:
                pass

            def reply(self, body: bytes, kind: str = "application/json", status: int = 200) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_HEAD(self) -> None:
                self.reply(b"")

            def do_GET(self) -> None:
                self.reply(b'{"data": []}')

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                if self.path.split("?")[0] == "/v1/messages/count_tokens":
                    return self.reply(b'{"input_tokens": 1}')
                if self.path.split("?")[0] != "/v1/messages":
                    return self.reply(b"{}", status=404)
                block = model.answer(request)
                if request.get("stream"):
                    return self.reply(b"".join(stream(request, block)), "text/event-stream")
                whole = {**envelope(request), "content": [block], "stop_reason": stop_reason(block)}
                self.reply(json.dumps(whole).encode())

        return Handler


def stop_reason(block: dict) -> str:
    return "tool_use" if block["type"] == "tool_use" else "end_turn"


def envelope(request: dict) -> dict:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": request.get("model", "model"),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def stream(request: dict, block: dict):
    """The message as the events in which a model streams it."""
    if block["type"] == "tool_use":
        start, delta = {**block, "input": {}}, {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    else:
        start, delta = {**block, "text": ""}, {"type": "text_delta", "text": block["text"]}
    for event in (
        {"type": "message_start", "message": envelope(request)},
        {"type": "content_block_start", "index": 0, "content_block": start},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop_reason(block)}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ):
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
