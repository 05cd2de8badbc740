"""Bad input never loses anything, never half-makes a session, never gets a 500."""

import itertools
import json
import random

import pytest
import requests
from conftest import confirmation

SEED = 20261122
WRONG = [True, 0, -1, 1.5, "", "x", [], {}, [[]], {"a": None}, "\u0000", "\ud7ff" * 3, 10**18, -(10**18)]


def raw(body: bytes | str, content_type: str | None = "application/json") -> dict:
    headers = {"Content-Type": content_type} if content_type else {}
    return {"data": body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body, "headers": headers}


def create_body(**changes) -> dict:
    body = {"interaction_data": confirmation()}
    for path, value in changes.items():
        target, keys = body, path.split("__")
        for key in keys[:-1]:
            target = target[key]
        target[keys[-1]] = value
    return body


def bad_creates():
    """Bodies that must be refused, by construction."""
    yield "empty", raw(b"")
    yield "not json", raw("{")
    yield "trailing", raw('{"a":1} x')
    yield "depth 1000", raw('{"interaction_data":' + "[" * 1000 + "]" * 1000 + "}")
    yield "depth 1,000,000 open", raw("[" * 1_000_000)
    yield "depth 400k objects", raw('{"a":' * 100_000)
    yield "duplicate keys", raw('{"interaction_data":{"interaction_type":"confirmation","title":"a","title":"b","message":""}}')
    yield "10 MB", raw('{"interaction_data":"' + "x" * 10_000_000 + '"}')
    yield "invalid utf-8", raw(b'{"interaction_data":{"interaction_type":"confirmation","title":"\xff\xfe","message":""}}')
    yield "lone surrogate", raw('{"interaction_data":{"interaction_type":"confirmation","title":"\\ud800","message":""}}')
    yield "no content type", raw(json.dumps(create_body()), None)
    yield "text/plain", raw(json.dumps(create_body()), "text/plain")
    yield "form", raw("interaction_data=1", "application/x-www-form-urlencoded")
    yield "NaN", raw('{"interaction_data":{"interaction_type":"confirmation","title":"t","message":"","timeout":NaN}}')
    yield "Infinity", raw('{"interaction_data":{"interaction_type":"confirmation","title":"t","message":"","timeout":1e999}}')
    yield "30 digits", raw('{"interaction_data":{"interaction_type":"confirmation","title":"t","message":""},"metadata":{"n":123456789012345678901234567890}}')
    for value in ("soon", -1, 0, 0.5, 10**12, [], {}, True, "1e3x"):
        yield f"timeout {value!r}", {"json": create_body(interaction_data__timeout=value)}
    for value in WRONG[1:]:
        yield f"interaction_data {value!r}", {"json": {"interaction_data": value}}
        yield f"body {value!r}", {"json": value}
        yield f"interaction_type {value!r}", {"json": create_body(interaction_data__interaction_type=value)}
        if not isinstance(value, str) or value == "":
            yield f"title {value!r}", {"json": create_body(interaction_data__title=value)}
    for value in ("soon", 7, [], {}, True):
        yield f"on_timeout {value!r}", {"json": create_body(on_timeout=value)}
        yield f"priority {value!r}", {"json": create_body(priority=value)}
        yield f"risk {value!r}", {"json": create_body(risk=value)}
        yield f"metadata {value!r}", {"json": create_body(metadata=value if value != {} else "x")}
        yield f"tags {value!r}", {"json": create_body(tags=value if value != [] else [[]])}
        yield f"multiple {value!r}", {"json": {"interaction_data": {"interaction_type": "selection", "title": "t", "message": "", "options": ["a"], "multiple": value if value is not True else "x"}}}
    for url in ("ftp://example.com", "javascript:alert(1)", "http://", "/relative", "http://user:pw@example.com/", 7, [], "http://" + "x" * 3000):
        yield f"callback {str(url)[:20]}", {"json": create_body(callback_url=url)}
    yield "title 201", {"json": create_body(interaction_data__title="x" * 201)}
    yield "message 65 KiB", {"json": create_body(interaction_data__message="x" * (64 * 1024 + 1))}
    yield "501 options", {"json": create_body(interaction_data__options=[str(n) for n in range(501)])}
    yield "metadata 17 KiB", {"json": create_body(metadata={"x": "y" * 17 * 1024})}
    yield "default not offered", {"json": create_body(interaction_data__default_value="maybe")}
    yield "default on silence missing", {"json": create_body(on_timeout="default")}
    for pattern in ("(", "[", "(?=x)", "(?<!x)y", "x{1000}{1000}{1000}", "(a*)*" * 200, "\\", "a{999999999}", "(?P<n", "x" * 513):
        fields = [{"name": "a", "label": "a", "field_type": "text", "validation": pattern}]
        yield f"regex {pattern[:12]}", {"json": {"interaction_data": {"interaction_type": "text_input", "title": "t", "message": "", "fields": fields}}}
    for value in WRONG:
        if value not in ([],):
            yield f"fields {value!r}", {"json": {"interaction_data": {"interaction_type": "text_input", "title": "t", "message": "", "fields": value if value != [] else "x"}}}
            yield f"field {value!r}", {"json": {"interaction_data": {"interaction_type": "text_input", "title": "t", "message": "", "fields": [value]}}}
        yield f"options {value!r}", {"json": {"interaction_data": {"interaction_type": "selection", "title": "t", "message": "", "options": value if value != [] else "x"}}}
    for key, value in itertools.product(("name", "field_type", "min_value", "validation", "options"), ([], {}, True, 10**18)):
        kind = "number" if key == "min_value" else "text" if key == "validation" else "select"
        field = {"name": "a", "label": "a", "field_type": kind, **({"options": ["x"]} if kind == "select" else {}), key: value}
        if not (key == "min_value" and value == 10**18):
            yield f"field {key} {value!r}", {"json": {"interaction_data": {"interaction_type": "text_input", "title": "t", "message": "", "fields": [field]}}}
    for schema in (7, "x", [], {"type": 7}, {"type": "nonsense"}, {"$ref": "http://127.0.0.1:1/x"}, {"pattern": "("}):
        yield f"schema {schema!r}", {"json": {"interaction_data": {"interaction_type": "custom", "title": "t", "message": "", "schema": schema}}}
    for size in ("lots", -5, [], {}, "10XB"):
        yield f"max_file_size {size!r}", {"json": {"interaction_data": {"interaction_type": "file_upload", "title": "t", "message": "", "max_file_size": size}}}


def random_json(chance: random.Random, depth: int = 0):
    kind = chance.randrange(8 if depth < 5 else 6)
    if kind < 6:
        return chance.choice([None, True, chance.uniform(-1e6, 1e6), chance.randrange(-(2**63), 2**64), "", "confirm", "\u202eevil", "部署"])
    if kind == 6:
        return [random_json(chance, depth + 1) for _ in range(chance.randrange(5))]
    names = ["interaction_type", "title", "options", "fields", "timeout", "choice", "action", "files", "x", ""]
    return {chance.choice(names): random_json(chance, depth + 1) for _ in range(chance.randrange(5))}


def bad_answers(chance: random.Random):
    for value in WRONG:
        yield {"json": {"response": value}}
        yield {"json": {"response": {"choice": value}}}
        yield {"json": value}
    yield raw("{")
    yield raw(b'{"response":{"choice":"\xff"}}')
    yield raw('{"response":{"choice":"confirm"}}', "text/plain")
    yield raw('{"response":' + "[" * 1000 + "]" * 1000 + "}")
    yield {"json": {"response": {"choice": "confirm"}, "user_id": []}}
    yield {"json": {"response": {"choice": "confirm"}, "comment": "x" * 5000}}
    for _ in range(150):
        yield {"json": {"response": {"choice": ["x"], "extra": random_json(chance)}}}


@pytest.fixture
def stands(server):
    """Asserts that count and cursor stand where they stood."""

    def where():
        return (
            server.api("/statistics")["statistics"],
            server.api("/events", after="latest")["next_cursor"],
        )

    return where


def test_no_bad_create_gets_through_or_breaks_anything(server, stands):
    server.open()
    before, count = stands(), 0
    for name, options in bad_creates():
        reply = requests.post(f"{server.url}/api/sessions", **options)
        count += 1
        assert 400 <= reply.status_code < 500, f"{name}: {reply.status_code} {reply.text[:300]}"
        assert reply.headers["Content-Type"] == "application/problem+json", name
        problem = reply.json()
        assert problem["success"] is False and problem["code"] and problem["detail"] and problem["request_id"], name
        assert stands() == before, name
    print(f"{count} bad creates")
    assert count >= 180


def test_no_bad_answer_gets_through_or_breaks_anything(server, stands):
    chance = random.Random(SEED)
    print(f"SEED={SEED}")
    session_id = server.open()["session_id"]
    before, count = stands(), 0
    for options in bad_answers(chance):
        reply = requests.post(f"{server.url}/api/sessions/{session_id}/respond", **options)
        count += 1
        assert 400 <= reply.status_code < 500, f"{options}: {reply.status_code} {reply.text[:300]}"
        assert stands() == before, options
    print(f"{count} bad answers")
    assert count >= 150
    assert server.get(session_id)["status"] == "pending"


def test_random_bodies_never_get_a_500(server):
    chance = random.Random(SEED)
    print(f"SEED={SEED}")
    for _ in range(300):
        body = {"interaction_data": random_json(chance), **({"metadata": random_json(chance)} if chance.random() < 0.5 else {})}
        reply = requests.post(f"{server.url}/api/sessions", json=body)
        assert reply.status_code < 500, f"{body}: {reply.text[:300]}"
    assert server.api("/health")["status"] == "healthy"


@pytest.mark.parametrize(
    "path",
    [
        "/api/sessions?limit=0",
        "/api/sessions?limit=501",
        "/api/sessions?limit=x",
        "/api/sessions?status=open",
        "/api/sessions?cursor=zzz",
        "/api/sessions?sort=random",
        "/api/sessions?created_after=yesterday",
        "/api/events?after=zzz",
        "/api/events?limit=-1",
        "/api/deliveries?state=lost",
    ],
)
def test_wrong_parameters_are_named(server, path):
    reply = requests.get(server.url + path)
    assert reply.status_code in (400, 422), reply.text
    problem = reply.json()
    assert problem["detail"] and (problem["code"] == "invalid_cursor" or problem["errors"][0]["detail"])


def test_what_does_not_exist_looks_the_same_everywhere(server):
    texts = set()
    for session_id in ("00000000-0000-7000-8000-000000000000", "nothing", "%00", "../../etc/passwd".replace("/", "%2f")):
        reply = requests.get(f"{server.url}/api/sessions/{session_id}", headers={"X-Request-Id": "same"})
        assert reply.status_code == 404
        texts.add(reply.text)
    assert len(texts) == 1
