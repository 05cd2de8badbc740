"""A model of the OpenAI Agents SDK that wants to refund, and is done once it has heard of it."""

from pathlib import Path

from agents.testing import ScriptedModel, assistant_message, function_call

CALL = [function_call("refund", {"order": 7, "amount": 12.5}, call_id="c1")]
DONE = [assistant_message("Done.")]
# An agent that comes back has made its call already.
model = ScriptedModel([DONE] if Path("order-7.json").exists() else [CALL, DONE])
