"""The official conformance suite of MCP against the program as it is shipped, for both eras.

Of each revision every scenario runs. One that fails must stand in `conformance/REVISION.yml`, with the reason, and one
that stands there must fail: nothing is left out and nothing is forgiven.
"""

import json
import subprocess

import pytest
from conftest import ROOT
from mcp_agents import NODE

SUITE = ROOT / "e2e/conformance/node_modules/@modelcontextprotocol/conformance/dist/index.js"

# What needs no fixture, and may therefore never be excused.
REQUIRED = {
    "2025-11-25": {
        "server-initialize",
        "server-session-lifecycle",
        "ping",
        "tools-list",
        "resources-list",
        "prompts-list",
        "server-sse-polling",
        "server-sse-multiple-streams",
        "dns-rebinding-protection",
    },
    "2026-07-28": {
        "server-stateless",
        "tools-list",
        "resources-list",
        "prompts-list",
        "server-sse-multiple-streams",
        "dns-rebinding-protection",
        "sep-2164-resource-not-found",
        "caching",
        "http-header-validation",
        "input-required-result-missing-input-response",
        "input-required-result-unsupported-methods",
        "input-required-result-ignore-extra-params",
        "input-required-result-validate-input",
    },
}


def conformance(*args: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(NODE), str(SUITE), *args], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def excused(revision: str) -> set[str]:
    lines = (ROOT / f"e2e/conformance/{revision}.yml").read_text().splitlines()
    return {line.strip().removeprefix("- ").split("#")[0].strip() for line in lines if line.strip().startswith("- ")}


def failures(folder) -> str:
    """What the suite found wrong, to be read where the test fails."""
    found = []
    for checks in sorted(folder.glob("*/checks.json")):
        wrong = [check for check in json.loads(checks.read_text()) if check.get("status") in ("FAILURE", "WARNING")]
        found += [f"{checks.parent.name}: {check.get('id')}: {check.get('errorMessage')}" for check in wrong]
    return "\n".join(found)


@pytest.mark.parametrize("revision", REQUIRED)
def test_the_suite(server, tmp_path, revision):
    done = conformance(
        "server",
        *("--url", f"{server.url}/mcp"),
        *("--suite", "all"),
        *("--spec-version", revision),
        *("--timeout", "30000"),
        *("--expected-failures", str(ROOT / f"e2e/conformance/{revision}.yml")),
        *("-o", str(tmp_path)),
    )
    assert done.returncode == 0, failures(tmp_path) + "\n" + done.stdout[-4000:] + done.stderr[-2000:]
    assert not REQUIRED[revision] & excused(revision)
    ran = {folder.name for folder in tmp_path.iterdir()}
    missing = {name for name in REQUIRED[revision] if not any(name in folder for folder in ran)}
    assert not missing
