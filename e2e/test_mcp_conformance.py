"""The official conformance suite of MCP against the program as it is shipped, for both eras and for tasks.

Every scenario runs. Each check that fails must stand in `conformance/excused.json`, under the reason, and each that
stands there must fail: nothing is left out, and nothing is forgiven that has come to pass.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT
from mcp_agents import NODE

FOLDER = ROOT / "e2e/conformance"
SUITE = FOLDER / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
EXCUSED = json.loads((FOLDER / "excused.json").read_text())
NEWEST = "2026-07-28"

# What needs nothing that only a server made for tests has: none of it may ever be excused.
NEEDS_NO_FIXTURE = {
    "2025-11-25": {
        "completion-complete",
        "dns-rebinding-protection",
        "ping",
        "prompts-list",
        "resources-list",
        "server-initialize",
        "server-session-lifecycle",
        "server-sse-multiple-streams",
        "server-sse-polling",
        "tools-list",
    },
    NEWEST: {
        "caching",
        "completion-complete",
        "dns-rebinding-protection",
        "http-header-validation",
        "input-required-result-ignore-extra-params",
        "input-required-result-missing-input-response",
        "input-required-result-unsupported-methods",
        "input-required-result-validate-input",
        "prompts-list",
        "resources-list",
        "sep-2164-resource-not-found",
        "server-sse-multiple-streams",
        "tools-list",
    },
}
# Scenarios of the extension, where at least one check can be made without fixtures.
TASKS = ["tasks-capability-negotiation", "tasks-dispatch-and-envelope", "tasks-request-headers"]


def run(server, folder: Path, *which: str) -> dict[str, dict[str, str]]:
    """By scenario: each check and what came of it, with the reason where it failed."""
    command = ["server", "--url", f"{server.url}/mcp", "--timeout", "30000", "-o", str(folder), *which]
    done = subprocess.run([str(NODE), str(SUITE), *command], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    found = {}
    for file in sorted(folder.glob("*/checks.json")):
        scenario = re.fullmatch(r"server-(.*)-\d{4}-\d\d-\d\dT.*", file.parent.name)[1]
        checks = found.setdefault(scenario, {})
        for check in json.loads(file.read_text()):
            failed = check["status"] == "FAILURE"
            checks[check["id"]] = f"FAILURE: {check.get('errorMessage')}" if failed else check["status"]
    assert found, done.stdout + done.stderr
    return found


def failed(found: dict[str, dict[str, str]]) -> dict[str, str]:
    return {
        f"{scenario}: {check}": status.removeprefix("FAILURE: ")
        for scenario, checks in found.items()
        for check, status in checks.items()
        if status.startswith("FAILURE")
    }


def excused(suite: str) -> set[str]:
    return {check for checks in EXCUSED[suite].values() for check in checks}


def hold(suite: str, found: dict[str, dict[str, str]]) -> None:
    wrong = failed(found)
    unexpected = {check: why for check, why in wrong.items() if check not in excused(suite)}
    assert not unexpected, json.dumps(unexpected, indent=2)
    mended = excused(suite) - set(wrong)
    assert not mended, "excused, but they pass"


@pytest.mark.parametrize("revision", NEEDS_NO_FIXTURE)
def test_a_revision(server, tmp_path, revision):
    found = run(server, tmp_path, "--suite", "all", "--spec-version", revision)
    hold(revision, found)
    needed = NEEDS_NO_FIXTURE[revision]
    assert needed <= set(found)
    assert not {check for check in excused(revision) if check.split(": ")[0] in needed}
    assert all("SUCCESS" in found[scenario].values() for scenario in needed)


def test_tasks(server, tmp_path):
    found = {}
    for scenario in TASKS:
        found |= run(server, tmp_path / scenario, "--scenario", scenario, "--spec-version", NEWEST, "--force")
    assert set(found) == set(TASKS)
    hold("tasks", found)
