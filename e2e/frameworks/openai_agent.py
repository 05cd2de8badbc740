"""An agent of the OpenAI Agents SDK that refunds once a person says so. It may be killed at any time and started again.

Usage: openai_agent.py SERVER FILE. What it waits for stands in FILE; its model is scripted.
"""

import asyncio
import json
import sys
from pathlib import Path

from agents import Agent, RunConfig, Runner, RunState, function_tool
from agents.testing import ScriptedModel, assistant_message, function_call
from askwell import AsyncAskwell
from askwell.openai_agents import settle_async

REFUNDED = []
QUIET = RunConfig(tracing_disabled=True)


@function_tool(needs_approval=True)
def refund(order: int, amount: float) -> str:
    """Give the money for an order back."""
    REFUNDED.append([order, amount])
    return f"refunded {amount}"


def first_turn() -> list:
    return [
        function_call("refund", {"order": 7, "amount": 12.5}, call_id="c1"),
        function_call("refund", {"order": 8, "amount": 900}, call_id="c2"),
    ]


async def main(server: str, file: str) -> None:
    written = Path(file)
    last = [assistant_message("done")]
    model = ScriptedModel([last] if written.exists() else [first_turn(), last])
    agent = Agent(name="Desk", tools=[refund], model=model)
    async with AsyncAskwell(server) as askwell:
        if written.exists():
            paused = await RunState.from_string(agent, written.read_text())
        else:
            paused = (await Runner.run(agent, "Refund orders 7 and 8", run_config=QUIET)).to_state()
            # Before anybody is asked: whoever comes back finds the same calls.
            written.write_text(paused.to_string())
        state = await settle_async(askwell, paused, run_id="orders-7-8", timeout=600)
        result = await Runner.run(agent, state, run_config=QUIET)
    heard = [item["output"] for item in model.calls[-1].input if item.get("type") == "function_call_output"]
    print(json.dumps({"refunded": REFUNDED, "heard": heard, "said": result.final_output}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
