"""The OpenAPI document against the real server: what it allows is taken, what it forbids is refused, what it promises
is kept. Schemathesis makes the requests and judges the replies; `schemathesis.toml` says what is left out, and why.

    OPENAPI_SEED=7 OPENAPI_EXAMPLES=100 target/venv/bin/python -m pytest e2e/test_openapi.py -s
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from accounts import House
from conftest import ROOT

HERE = Path(__file__).resolve().parent
SEED = os.environ.get("OPENAPI_SEED", "20260101")
# For each operation and phase; the run that `make test` does is bounded by it.
EXAMPLES = os.environ.get("OPENAPI_EXAMPLES", "5")
REPORT = ROOT / "target/openapi.log"
GENERATED = re.compile(r"(\d+) generated")


def tried(server, *options: str) -> str:
    """Tries all operations; the summary."""
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"]
    command += [f"{server.url}/api/openapi.json", "--seed", SEED, "--max-examples", EXAMPLES, "--no-color", *options]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=server.folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "openapi_hooks", "PYTHONPATH": str(HERE), "PYTHONHASHSEED": "0"},
    )
    assert done.returncode == 0, f"seed {SEED}\n{done.stdout[-20_000:]}\n{done.stderr[-5_000:]}"
    return done.stdout


def counted(caller: str, summary: str, least: int) -> None:
    """Says how much was tried, for the last lines of `make test`."""
    cases = int(GENERATED.search(summary)[1])
    assert cases >= least, summary
    line = f"{cases} cases of the OpenAPI document as {caller}, seed {SEED}: no failure"
    print(line)
    with REPORT.open("a") as report:
        report.write(line + "\n")


@pytest.fixture(scope="module", autouse=True)
def report():
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("")


def test_without_accounts(server):
    # Nobody has to show anything, so nothing that is shown can be ignored.
    counted("local owner", tried(server, "--exclude-checks", "ignored_auth"), least=2_500)


@pytest.mark.parametrize(
    ("caller", "scopes", "phases"),
    [
        # What values are taken is the same for everybody: who may is another question, and fewer cases answer it.
        ("administrator", ("create", "read", "admin"), "examples,fuzzing"),
        ("requester", ("create", "read"), "examples,fuzzing"),
    ],
)
def test_with_accounts(make_server, caller, scopes, phases):
    house = House(make_server())
    house.people(zoe=("--admin",), mei=())
    token = house.token("zoe" if caller == "administrator" else "mei", *(f"--scope={scope}" for scope in scopes))
    house.start()
    shown = ("--header", f"Authorization: Bearer {token}")
    counted(caller, tried(house.server, "--phases", phases, *shown), least=300)
