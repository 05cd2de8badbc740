"""The second original's agent: asks for a review over HTTP or over a socket, and fetches what came of it."""

import uuid

import requests
from sockets import until

TAKEN = "HITL request emitted successfully"


def plan(attempt: int = 1, steps=("search", "write"), **changes) -> dict:
    """A request as the original's agent makes it: with a name of its own and a naive local time."""
    return {
        "checkpoint_name": "PlanGeneration",
        "context_message": "Please review the plan for 'root'",
        "data_for_review": {"plan": [{"id": n, "goal": goal, "depends_on": []} for n, goal in enumerate(steps)]},
        "node_id": "root",
        "current_attempt": attempt,
        "request_id": str(uuid.uuid4()),
        "timestamp": "2025-06-17T10:30:00.123456",
        **changes,
    }


def ask(server, request: dict, **options) -> requests.Response:
    return requests.post(f"{server.url}/api/system/hitl-request", json=request, **options)


def fetch(server, request_id: str, **params) -> requests.Response:
    return requests.get(f"{server.url}/api/system/hitl-response/{request_id}", params=params)


def poll(server, request_id: str) -> dict:
    """Asks again until there is a response, as the original's agent does."""

    def answered():
        reply = fetch(server, request_id)
        if reply.status_code == 404:
            assert reply.json() == {"has_response": False, "request_id": request_id}
            return None
        assert reply.status_code == 200, reply.text
        return reply.json()

    return until(answered, f"the response to {request_id}")


def outcome(request_id: str, user_choice: str, message: str, instructions: str | None = None) -> dict:
    """The whole body of a response, as the original has it."""
    response = {"user_choice": user_choice, "message": message, "modification_instructions": instructions}
    return {"has_response": True, "request_id": request_id, "response": response}
