from __future__ import annotations

import base64
import json
from datetime import datetime, timezone
from typing import Any

import pytest
from standardwebhooks import Webhook

from askwell import InvalidSignature, verify_webhook
from askwell.webhooks import verify_at

KEY = base64.b64encode(bytes(range(32))).decode()
SECRET = f"whsec_{KEY}"
NOW = 1_795_000_000
PAYLOAD = {"session_id": "s", "status": "completed", "event_id": "msg_1", "response": {"response_data": "好"}}
BODY = json.dumps(PAYLOAD, ensure_ascii=False)


def sign(body: str = BODY, at: int = NOW, message_id: str = "msg_1", secret: str = SECRET) -> dict[str, str]:
    """Headers as the reference implementation makes them."""
    time = datetime.fromtimestamp(at, tz=timezone.utc)
    signature = Webhook(secret).sign(message_id, time, body)
    return {"Webhook-Id": message_id, "Webhook-Timestamp": str(at), "Webhook-Signature": signature}


def check(headers: dict[str, str], body: Any = BODY, now: float = NOW, secret: str = SECRET) -> dict[str, Any]:
    return verify_at(now, secret, headers, body, 300)


def test_what_the_reference_implementation_signs_is_genuine() -> None:
    assert check(sign()) == PAYLOAD
    assert check(sign(), BODY.encode()) == PAYLOAD
    assert check(sign(), secret=KEY) == PAYLOAD


def test_now_is_now() -> None:
    now = int(datetime.now(timezone.utc).timestamp())
    assert verify_webhook(SECRET, sign(at=now), BODY) == PAYLOAD
    with pytest.raises(InvalidSignature, match="from now"):
        verify_webhook(SECRET, sign(at=now - 1000), BODY)
    assert verify_webhook(SECRET, sign(at=now - 1000), BODY, tolerance=5000) == PAYLOAD


def test_while_a_secret_is_replaced_one_of_several_signatures_is_enough() -> None:
    headers = sign()
    other = sign(secret="whsec_" + base64.b64encode(b"x" * 32).decode())["Webhook-Signature"]
    assert check({**headers, "Webhook-Signature": f"{other} {headers['Webhook-Signature']}"}) == PAYLOAD
    assert check({**headers, "Webhook-Signature": f"v2,abc {headers['Webhook-Signature']}"}) == PAYLOAD


def forgeries() -> dict[str, tuple[dict[str, str], str]]:
    genuine = sign()
    signature = genuine["Webhook-Signature"]
    changed = {
        "another body": (genuine, BODY.replace("completed", "cancelled")),
        "one space more": (genuine, BODY + " "),
        "another id": ({**genuine, "Webhook-Id": "msg_2"}, BODY),
        "a later time": ({**genuine, "Webhook-Timestamp": str(NOW + 1)}, BODY),
        "another secret": (sign(secret="whsec_" + base64.b64encode(b"y" * 32).decode()), BODY),
        "no version": ({**genuine, "Webhook-Signature": signature[3:]}, BODY),
        "another version": ({**genuine, "Webhook-Signature": "v1a" + signature[2:]}, BODY),
        "cut short": ({**genuine, "Webhook-Signature": signature[:-1]}, BODY),
        "empty": ({**genuine, "Webhook-Signature": ""}, BODY),
        "nonsense": ({**genuine, "Webhook-Signature": "v1,%%% \udcff ,"}, BODY),
        "too old": (sign(at=NOW - 301), BODY),
        "too new": (sign(at=NOW + 301), BODY),
        "signed, but no callback": (sign(body='["confirm"]'), '["confirm"]'),
        "signed, but no JSON": (sign(body="confirm"), "confirm"),
        "signed for another event": (sign(message_id="msg_9"), BODY),
    }
    for missing in genuine:
        changed[f"without {missing}"] = ({k: v for k, v in genuine.items() if k != missing}, BODY)
    return changed


@pytest.mark.parametrize("forgery", forgeries().values(), ids=forgeries().keys())
def test_a_forgery_raises(forgery: tuple[dict[str, str], str]) -> None:
    with pytest.raises(InvalidSignature):
        check(*forgery)


@pytest.mark.parametrize("at", ["nan", "inf", "-1", "1e999", " 1", "１７９５００００００", "x" * 10_000])
def test_a_time_that_is_none_raises(at: str) -> None:
    with pytest.raises(InvalidSignature):
        check({**sign(), "Webhook-Timestamp": at})


@pytest.mark.parametrize("secret", ["", "whsec_", "  ", "whsec_%%%"])
def test_a_secret_that_is_none_verifies_nothing(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        check(sign(), secret=secret)
