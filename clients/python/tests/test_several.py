"""The keys by which a question is found again."""

from __future__ import annotations

from itertools import product

from askwell.several import key


def test_no_two_questions_have_one_key() -> None:
    texts = ["r", "1", "r:1", "1:2", "r:1:2", ":", "%3A", "%", "%25", "", "r" * 300, "r" * 300 + ":1"]
    asked = list(product(["langgraph", "openai-agents"], texts, texts, [1, 2]))
    assert len({key(*parts) for parts in asked}) == len(asked)
    # The server takes 255 characters.
    assert max(len(key(*parts)) for parts in asked) <= 255


def test_the_same_question_has_the_same_key_also_in_the_next_version() -> None:
    assert key("openai-agents", "order:7", "call_1", 1) == "openai-agents:order:7:call_1:1"
    digest = "43513c4ef4743ff24c763dcf8ad5dab53ecfa3375b80f96eab39bd8d86816ef2"
    assert key("langgraph", "t" * 300, "i1", 1) == f"langgraph:{digest}"
