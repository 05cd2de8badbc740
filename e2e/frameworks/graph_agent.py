"""A LangGraph agent that scales a service once a person says so. It may be killed at any time and started again.

Usage: graph_agent.py SERVER DATABASE [ask|go-on]. `ask` ends once it has asked; `go-on` waits for the answer.
"""

import json
import sys
from typing import Any, TypedDict

from askwell import Askwell
from askwell.langgraph import interrupts_of, open_sessions, resume_command
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

CONFIG = {"configurable": {"thread_id": "scale-web"}}
PROPOSED = {"service": "web", "replicas": 12, "share": 2.5, "id": 9007199254740993, "dry": False}


class State(TypedDict, total=False):
    scaled: Any
    notified: Any


def scale(state: State) -> State:
    """Asks as LangGraph's Agent Inbox is asked."""
    request = {
        "action_request": {"action": "scale", "args": PROPOSED},
        "config": {"allow_accept": True, "allow_edit": True, "allow_respond": True, "allow_ignore": True},
        "description": "Scale the web service?\nIt is under load.",
    }
    response = interrupt([request])[0]
    match response["type"]:
        case "accept":
            return {"scaled": PROPOSED}
        case "edit":
            return {"scaled": response["args"]["args"]}
        case other:
            return {"scaled": f"{other}: {response['args']}"}


def notify(state: State) -> State:
    """Asks as the first page of LangGraph's documentation does."""
    return {"notified": interrupt("Notify the customers?")}


def main(server: str, database: str, until: str = "go-on") -> None:
    builder = StateGraph(State)
    for name, node in (("scale", scale), ("notify", notify)):
        builder.add_node(name, node)
        builder.add_edge(START, name)
        builder.add_edge(name, END)
    with SqliteSaver.from_conn_string(database) as saver, Askwell(server) as askwell:
        graph = builder.compile(checkpointer=saver)
        paused = graph.get_state(CONFIG)
        if not interrupts_of(paused):
            paused = graph.invoke({}, CONFIG)
        if until == "ask":
            print(json.dumps([session.session_id for session in open_sessions(askwell, paused, CONFIG, timeout=600)]))
            return
        while interrupts_of(paused):
            paused = graph.invoke(resume_command(askwell, paused, CONFIG, timeout=600), CONFIG)
        print(json.dumps(paused))


if __name__ == "__main__":
    main(*sys.argv[1:])
