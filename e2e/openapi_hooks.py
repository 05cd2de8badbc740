"""What Schemathesis should not generate: it is no violation of the document, and refused with good reason."""

import schemathesis

LARGEST = 2**63


def _bounded(value):
    """Numbers that 64 bits hold. Others are refused anywhere in a body, also below keys that nobody knows."""
    if isinstance(value, float) and abs(value) >= LARGEST:
        return 1.5
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= LARGEST:
        return 1
    if isinstance(value, list):
        return [_bounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _bounded(item) for key, item in value.items()}
    return value


@schemathesis.hook
def map_body(context, body):
    return _bounded(body)
