"""Whatever comes in a frame: an error or a clean end, nothing stored, nobody else harmed."""

import json
import random

import pytest
from raw_sockets import Polling, Websocket
from test_hostile import WRONG, random_json
from wellbeing import unharmed

SEED = 20261126
SAID = ("join_session", "leave_session", "subscribe", "viewing", "respond", "cancel", "hitl_request", "hitl_response")
HARMLESS = ("subscribe", "viewing", "leave_session")
UNKNOWN = "018f0000-0000-7000-8000-000000000001"

BROKEN_FRAMES = [
    '42["respond",{"session_id":}]',
    "42[",
    "42",
    "42{}",
    "42[7]",
    "42[null,{}]",
    "42[[]]",
    '42["respond"',
    '42["respond",]',
    '42["respond",{"session_id":"x"}] x',
    '42"respond"',
    "4",
    "47",
    "4x",
    "9",
    "x",
    "42/admin",
    '42/admin,["respond",{}]',
    "45",
    '450-["respond",{}]',
    '45-["respond",{}]',
    '451-["respond",{"_placeholder":true,"num":7}]',
    '4599999999-["respond",{"_placeholder":true,"num":0}]',
    '429999999999999999999999["respond",{}]',
    '42-1["respond",{}]',
    '43["x"]',
    '431["x"]',
    "44{}",
    "40",
    "41/admin",
    "6",
    "5",
    "2probe",
    '42["respond",{"session_id":"\\ud800"}]',
    '42["respond",{"response":NaN}]',
    '42["respond",{"response":1e999}]',
]


def bad_payloads(session_id: str, request_id: str):
    """Payloads that must be refused, by construction, as text."""
    answer = {"session_id": session_id, "response": {"choice": "confirm"}}
    yield '{"session_id":"%s","session_id":"%s","response":{"choice":"confirm"}}' % (session_id, session_id)
    yield '{"session_id":"%s","response":{"choice":"confirm","choice":"confirm"}}' % session_id
    yield '{"session_id":"%s","response":%s}' % (session_id, "[" * 100 + "]" * 100)
    yield '{"session_id":"%s","response":%s}' % (session_id, "[" * 100_000 + "]" * 100_000)
    yield '{"a":' * 10_000 + "1" + "}" * 10_000
    yield '{"session_id":"%s","response":{"choice":"confirm"},"user_id":123456789012345678901234567890}' % session_id
    yield '{"session_id":"%s","response":{"choice":123456789012345678901234567890}}' % session_id
    yield '{"request_id":"%s","action":"approve","action":"abort"}' % request_id
    for action in ("approved", "Approve", "APPROVE", "approve ", "yes", "ok", "confirm", "", None, True, 1, [], {}, ["approve"]):
        yield json.dumps({"request_id": request_id, "action": action})
    for instructions in (None, "", "   ", "\u3000", 7, [], {}):
        yield json.dumps({"request_id": request_id, "action": "modify", "modification_instructions": instructions})
    for value in WRONG:
        yield json.dumps(value)
        yield json.dumps({**answer, "session_id": value})
        yield json.dumps({"session_id": session_id, "response": value})
        yield json.dumps({"session_id": session_id, "response": {"choice": value}})
        yield json.dumps({"request_id": value, "action": "approve"})
        yield json.dumps({"request_id": request_id, "action": value})
        yield json.dumps({"session_id": session_id, "reason": value if not isinstance(value, str) else 7, "response": 1})
        no_name = [] if isinstance(value, str | int | float) and value else value
        yield json.dumps({"request_id": "new", "checkpoint_name": no_name, "context_message": "", "node_id": "n"})
        yield json.dumps({"request_id": "new", "checkpoint_name": "c", "context_message": [value], "node_id": "n"})


def refused(ack: str) -> bool:
    """Whether an acknowledgement refuses. `43<id>[body]`."""
    body = json.loads(ack[ack.index("[") :])[0]
    return body["success"] is False and bool(body["code"])


def test_no_bad_payload_gets_through(server, listen):
    review = listen().call("hitl_request", {"request_id": "open", "checkpoint_name": "c", "context_message": "", "node_id": "n"})
    with unharmed(server, listen):
        client, count = Websocket(server.url).connect(), 0
        session_id = server.api("/sessions")["sessions"][0]["session_id"]
        assert session_id != review["session_id"]
        payloads = list(bad_payloads(session_id, "open"))
        for number, payload in enumerate(payloads):
            if number % 40 == 0:
                # A new one now and then: nobody may talk that much.
                client.close()
                client = Websocket(server.url).connect()
            for name in ("respond", "hitl_response", "hitl_request"):
                client.say(f'42{number}["{name}",{payload}]')
                ack = client.wait(f"43{number}[")
                assert refused(ack), f"{name} {payload[:200]}: {ack[:300]}"
                count += 1
            if '"reason"' in payload:
                client.say(f'42{number}["cancel",{payload}]')
                assert refused(client.wait(f"43{number}[")), payload
        client.close()
        print(f"{count} bad payloads")
        assert count > 300


@pytest.mark.parametrize("name", SAID)
def test_no_wrong_type_gets_through_or_breaks_anything(server, listen, name):
    chance = random.Random(SEED)
    print(f"SEED={SEED}")
    with unharmed(server, listen):
        client = Websocket(server.url).connect()
        for number in range(150):
            payload = chance.choice([random_json(chance), {"session_id": random_json(chance), "response": random_json(chance)}])
            client.say(f'42{number}["{name}",{json.dumps(payload)}]')
            ack = client.wait(f"43{number}[")
            assert name in HARMLESS or refused(ack), f"{name} {payload}: {ack}"
        client.close()


def test_unknown_events_are_answered_with_an_error(server, listen):
    with unharmed(server, listen):
        client = Websocket(server.url).connect()
        ours = ("connected", "new_session", "session_completed", "joined_session", "presence", "hitl_timeout", "hitl_error")
        for name in ("x", "", "connect", "disconnect", "error", "\u202e", "名" * 1000, "x" * 100_000, "__proto__", *ours):
            client.say("42" + json.dumps([name, {"session_id": UNKNOWN}], ensure_ascii=False))
            error = client.wait('["hitl_error",')
            assert '"code":"unknown_event"' in error and len(error) < 2_000, name[:20]
        # More arguments than one, or none.
        for said in ('["no_such_event"]', '["no_such_event",1,2,3]', '["no_such_event",' + "1," * 1000 + "1]"):
            client.say("42" + said)
            client.wait('"code":"unknown_event"')
        client.close()
        for name in ("\u0000", "a\nb", "\x7f\x9f", '"', "名"):
            other = Websocket(server.url).connect()
            other.say("42" + json.dumps([name, {"session_id": UNKNOWN}]))
            still_there(other)


@pytest.mark.parametrize("frame", BROKEN_FRAMES)
def test_a_broken_frame_ends_in_an_error_or_in_a_clean_end(server, listen, frame):
    with unharmed(server, listen):
        client = Websocket(server.url).connect()
        client.say(frame)
        still_there(client)
        other = Polling(server.url).connect()
        assert other.post(frame).status_code in (200, 400)
        # Whether it was taken or thrown out, the server answers.
        assert other.post("3").status_code in (200, 400)


def still_there(client: Websocket) -> bool:
    """Whether the client is still heard. Anything between is no error's business."""
    try:
        client.say('4277["no_such_event",{}]')
        client.wait("4377[")
        return True
    except (OSError, ConnectionError):
        return False
    finally:
        client.close()


def test_attachments_are_refused_and_bounded(server, listen):
    with unharmed(server, listen):
        client = Websocket(server.url).connect()
        client.say('451-5["respond",{"_placeholder":true,"num":0}]')
        client.line.send_binary(b"\x00\x01\x02")
        assert refused(client.wait("435["))
        client.say('451-["hitl_response",{"request_id":{"_placeholder":true,"num":0},"action":"approve"}]')
        client.line.send_binary(b"x" * 100_000)
        assert '"code":"unsupported_media_type"' in client.wait('["hitl_error",')
        # Announced, and something else comes; not announced; too many; too large.
        for announced, sent in (
            ('451-["x",{"_placeholder":true,"num":0}]', '42["no_such_event",{}]'),
            (None, b"lost"),
            ('451000-["x"]', b"1"),
            ('452-["x"]', b"y" * 900_000),
        ):
            one = Websocket(server.url).connect()
            if announced:
                one.say(announced)
            for _ in range(3):
                try:
                    one.line.send(sent) if isinstance(sent, str) else one.line.send_binary(sent)
                except OSError:
                    break
            still_there(one)
        client.close()


@pytest.mark.parametrize("namespace", ["/admin", "/", "//", "/a/b?x=1", "/" + "n" * 10_000, "/\u0000"])
def test_other_namespaces_are_refused(server, listen, namespace):
    with unharmed(server, listen):
        client = Websocket(server.url)
        client.handshake()
        client.say(f"40{namespace},")
        # Refused, or hung up on; only the one that there is takes it in, and hears what is said.
        assert client.first("40", "44", "1", "").startswith("40") is (namespace == "/")
        if namespace == "/":
            client.say('4277["no_such_event",{}]')
            assert client.first("4377[", "1", "").startswith("4377[")
        client.close()


WRONG_GREETINGS = [
    *("[]", '"x"', "7", "null", "true", "{", "x", "admin,", '{"after":', '{"after":"a","after":"b"}'),
    *('{"after":7}', '{"after":[]}', '{"after":{}}', '{"after":null}', '{"after":"\\u0000"}', '{"token":"x"}'),
    *('{"only":[]}', '{"only":"all"}', '{"only":7}'),
    '{"after":"' + "9" * 100_000 + '"}',
    '{"a":' * 200 + "1" + "}" * 200,
]


@pytest.mark.parametrize("auth", WRONG_GREETINGS, ids=lambda auth: auth[:20])
def test_a_wrong_greeting_is_an_error_or_taken_for_none(server, listen, auth):
    with unharmed(server, listen):
        client = Websocket(server.url)
        client.handshake()
        client.say(f"40{auth}")
        still_there(client)


def test_control_bytes_in_names_are_refused_or_harmless(server, listen):
    with unharmed(server, listen) as healthy:
        client = Websocket(server.url).connect()
        session_id = server.api("/sessions")["sessions"][0]["session_id"]
        for number, name in enumerate(("a\u0000b", "\u001b[31mred", "a\r\nb", "\u202eevil", "x" * 300, "x" * 500_000)):
            client.say(f"42{number}" + json.dumps(["viewing", {"session_id": session_id, "user_id": name}]))
            client.wait(f"43{number}[")
            client.say(f"42{number}" + json.dumps(["hitl_response", {"request_id": name, "action": "approve"}]))
            assert refused(client.wait(f"43{number}["))
        client.close()
        for person in healthy:
            for event in person.all("presence"):
                assert all(len(viewer["name"]) <= 255 for viewer in event["viewers"])
