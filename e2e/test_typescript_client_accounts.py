"""The TypeScript client against a real server with accounts."""

import json
import os
import subprocess

import pytest
from accounts import House
from conftest import ROOT
from sockets import until
from test_python_client_accounts import revoke, waited_for

PROGRAM = """
import {{ Askwell, confirmation }} from '@askwell/client'
const askwell = new Askwell(process.env.SERVER, {{ language: 'en', patience: {{ firstRetry: 0.02, longestRetry: 0.1 }} }})
const told = ({{ name, status, code, message }}) => ({{ name, status, code, message }})
console.log(JSON.stringify(await ({call}).catch(told)))
"""


@pytest.fixture
def house(make_server) -> House:
    house = House(make_server())
    house.people(mei=("--admin",), omar=("--group", "ops"), ann=())
    house.asks = house.token("ann", "--name", "ci")
    return house.start()


@pytest.fixture
def begin(house):
    """Starts a program of one call, with a token of the environment."""
    programs = []

    def start(call: str, token: str | None = None) -> subprocess.Popen:
        command = ["node", "--input-type=module", "-e", PROGRAM.format(call=call)]
        environment = {**os.environ, "SERVER": house.url, "ASKWELL_TOKEN": house.asks if token is None else token}
        folder = ROOT / "e2e/javascript"
        programs.append(
            subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        )
        return programs[-1]

    yield start
    for program in programs:
        if program.poll() is None:
            program.kill()
        program.communicate()


def result(program: subprocess.Popen, house: House):
    out, err = program.communicate()
    assert err == ""
    assert house.asks not in out
    return json.loads(out)


def the_open_one(house: House) -> dict:
    mei = house.sign_in("mei")
    (session,) = until(lambda: mei.get(f"{house.url}/api/sessions").json()["sessions"], "the session")
    return session


def test_a_program_asks_by_its_token_and_a_person_answers(house, begin):
    program = begin("askwell.confirm('Deploy?', { candidates: ['group:ops'], on_behalf_of: 'mei', timeout: 600 })")
    session = the_open_one(house)
    assert (session["requester"], session["requester_token"], session["candidates"]) == ("ann", "ci", ["group:ops"])
    assert house.answer(house.sign_in("mei"), session["session_id"]).status_code == 403
    assert house.answer(house.sign_in("omar"), session["session_id"]).status_code == 200
    assert result(program, house) is True


def test_a_token_cannot_answer(house, begin):
    session = house.ask(house.bearing(house.asks))
    refused = result(begin(f"askwell.respond('{session}', {{ choice: 'confirm' }})"), house)
    assert (refused["name"], refused["status"], refused["code"]) == ("ForbiddenError", 403, "forbidden")


@pytest.mark.parametrize("token", ["", "ask_nonsense"])
def test_nobody_is_refused_at_once(house, begin, token):
    for call in ("askwell.confirm('Deploy?')", "askwell.wait('a')", "askwell.events().next()"):
        refused = result(begin(call, token), house)
        assert (refused["name"], refused["status"], refused["code"]) == ("AuthenticationError", 401, "unauthenticated")
        assert "Sign in first" in refused["message"]
        assert not token or token not in str(refused)


def test_a_wait_ends_when_its_token_does(house, begin):
    asked = "askwell.ask(confirmation('Deploy?', { default_value: 'confirm' }), { on_timeout: 'default', timeout: 600 })"
    program = begin(asked)
    session = the_open_one(house)
    waited_for(house, session["session_id"])
    revoke(house)
    assert result(program, house)["name"] == "AuthenticationError"
    # The question itself goes on: it may still be answered, and nobody was told a yes.
    assert house.answer(house.sign_in("omar"), session["session_id"]).status_code == 200
