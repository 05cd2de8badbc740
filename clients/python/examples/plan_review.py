"""An agent makes a plan and has it reviewed until a person approves or stops it.

    python plan_review.py [ADDRESS OF THE SERVER]

Answer it in the inbox, or with curl. Ends with 0 if the plan was carried out, with 1 if not.
"""

from __future__ import annotations

import sys
import uuid

from askwell import Askwell, Unanswered

TOPIC = "Which database fits our event log?"


def make_plan(attempt: int, earlier: list[str], instructions: str | None) -> list[str]:
    """Stand in for a language model: take every instruction as one more step."""
    if attempt == 1:
        return ["Collect candidates", "Compare them", "Write the report"]
    return [*earlier[:-1], str(instructions), earlier[-1]]


def carry_out(plan: list[str]) -> None:
    """Do what was approved, and nothing else."""
    for number, step in enumerate(plan, 1):
        print(f"step {number}: {step}")


def main(server: str) -> int:
    """Plan, ask, plan again as instructed; run nothing that was not approved."""
    # One node of the workflow: people see its attempts side by side.
    node_id = f"research-{uuid.uuid4()}"
    plan: list[str] = []
    instructions = None
    attempt = 1
    with Askwell(server) as askwell:
        while True:
            plan = make_plan(attempt, plan, instructions)
            print(f"attempt {attempt}: {len(plan)} steps to review", flush=True)
            try:
                review = askwell.review(
                    "Plan Generation",
                    f"Plan for: {TOPIC}",
                    {"plan": plan},
                    node_id=node_id,
                    attempt=attempt,
                    consequences={"on_answer": "The steps are run.", "on_timeout": "Nothing is run."},
                    timeout=1200,
                )
            except Unanswered as silence:
                # What silence means is for the agent to decide. It never means yes.
                print(f"stopped: {silence}")
                return 1
            if review.action == "approve":
                print(f"approved by {review.answer.user_id}")
                carry_out(plan)
                return 0
            if review.action == "abort":
                print(f"aborted by {review.answer.user_id}: {review.answer.comment or 'no reason given'}")
                return 1
            instructions = review.instructions
            attempt += 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8096"))
