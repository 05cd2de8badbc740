"""The server's JSON, as the tests need it."""

from __future__ import annotations

from typing import Any

SESSION_ID = "01a21785-5780-72b5-9014-aa59040c337b"


def a_session(session_id: str = SESSION_ID, **changes: Any) -> dict[str, Any]:
    session = {
        "session_id": session_id,
        "workflow_id": None,
        "status": "pending",
        "created_at": "2026-11-26T11:02:24.384Z",
        "expires_at": "2026-11-26T11:22:24.384Z",
        "closed_at": None,
        "error_message": None,
        "interaction_data": {"interaction_type": "confirmation", "title": "Deploy?", "message": ""},
        "version": 1,
        "content_hash": "e0c8ff24",
        "on_timeout": "expire",
    }
    return {**session, **changes}


def a_response(session_id: str = SESSION_ID, **changes: Any) -> dict[str, Any]:
    response = {
        "session_id": session_id,
        "response_data": {"choice": "confirm"},
        "submitted_at": "2026-11-26T11:03:00.000Z",
        "user_id": "li.wei",
        "source": "person",
        "comment": "Go ahead.",
    }
    return {**response, **changes}


def completed(session_id: str = SESSION_ID, **response: Any) -> dict[str, Any]:
    return a_session(session_id, status="completed", version=2, response=a_response(session_id, **response))


def default_used(**changes: Any) -> dict[str, Any]:
    response = a_response(source="timeout", user_id=None, response_data={"choice": "cancel"})
    return a_session(**{"status": "timeout", "on_timeout": "default", "response": response, **changes})
