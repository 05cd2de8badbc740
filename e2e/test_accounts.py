"""Accounts of the built program: its command line, the ways in, and what ends with them."""

import concurrent.futures
import json
import statistics
import subprocess
import threading
import time

import pytest
import requests
import socketio
from accounts import JWT_SECRET, NO_LIMITS, PASSWORD, House, claims, jwt
from conftest import BINARY, ROOT
from sockets import Listener

BROWSER = {"Accept": "text/html,*/*;q=0.8"}
ENDS_WITHIN = 10
"""Seconds in which what lost its right has to end; it takes one, and busy machines take longer."""


@pytest.fixture
def make_house(make_server):
    return lambda security=None, **sections: House(make_server(), security, **sections)


@pytest.fixture
def house(make_house) -> House:
    house = make_house()
    house.people(mei=("--admin",), omar=("--group", "ops"), ann=())
    house.asks = house.token("ann", "--name", "ci")
    return house.start()


# The command line.


def test_people_and_tokens_are_made_on_the_console(make_house):
    house = make_house()
    add = ("user", "add")
    done = house.here(*add, "mei", "--admin", "--group", "ops", "--password-stdin", given=PASSWORD)
    assert (done.returncode, done.stderr) == (0, "mei is here\n")
    for args, given, words in [
        ((*add, "mei", "--password-stdin"), PASSWORD, "somebody has that login already"),
        ((*add, "omar", "--password-stdin"), "short", "too_short (limit 12, actual 5"),
        ((*add, "Bad Name"), "", "expected 1 to 64 of a-z 0-9 . _ @ -"),
        (("token", "create", "--owner", "nobody"), "", "there is no such person or token"),
        (("token", "create", "--owner", "mei", "--scope", "respond"), "", "a token never answers; people do"),
        (("token", "create", "--owner", "mei", "--expires", "soon"), "", "soon"),
    ]:
        done = house.here(*args, given=given)
        assert (done.returncode, done.stdout) == (2, ""), args
        assert words in done.stderr, done.stderr
    # Alone on standard output, so that a script can keep it.
    done = house.here("token", "create", "--owner", "mei", "--expires", "90d")
    assert done.stdout.startswith("ask_") and done.stdout.count("\n") == 1 and len(done.stdout.split()) == 1
    assert done.stdout.strip() not in house.here("token", "list").stdout
    assert house.here("user", "list").stdout.split()[:4] == ["mei", "admin", "enabled", "ops"]
    house.start()
    done = house.here(*add, "late")
    assert done.returncode == 2 and "name that with --server and --admin-login" in done.stderr
    # The same on the running server, as an administrator and as nobody else.
    at = ("--server", house.url, "--admin-login")
    done = house.cli(*add, "omar", "--password-stdin", *at, "mei", given=PASSWORD, ASKWELL_PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stderr
    done = house.cli("user", "list", *at, "omar", ASKWELL_PASSWORD=PASSWORD)
    assert done.returncode == 2 and "403" in done.stderr
    done = house.cli("user", "list", *at, "mei", ASKWELL_PASSWORD="wrong")
    assert done.returncode == 2 and "401" in done.stderr
    done = house.cli("token", "create", "--owner", "omar", *at, "mei", ASKWELL_PASSWORD=PASSWORD)
    assert done.returncode == 0 and house.me(house.bearing(done.stdout.strip()))["login"] == "omar"
    # Each of them has signed out again: the only sign-in is the one that looks.
    assert len(house.sign_in("mei").get(f"{house.url}/api/account/logins").json()["logins"]) == 1


def test_without_accounts_everybody_is_the_owner_and_nobody_a_guest(make_house):
    house = make_house({"enable_auth": False}).start()
    assert house.me(requests.Session())["kind"] == "local"
    session_id = house.ask(requests.Session())
    reply = requests.post(f"{house.url}/api/sessions/{session_id}/guest-links", json={"name": "Zhou"})
    assert (reply.status_code, reply.json()["code"]) == (409, "no_accounts")
    login = requests.post(f"{house.url}/api/login", json={"login": "mei", "password": PASSWORD})
    assert (login.status_code, login.json()["code"]) == (409, "no_accounts") and not login.cookies


def test_the_first_administrator_comes_by_the_link_of_the_console(make_house):
    house = make_house().start()
    while not (lines := [line for line in house.server.output if "/setup#" in line]):
        pass
    secret = lines[0].split("/setup#")[1].split()[0]
    http = requests.Session()
    first = {"login": "mei", "password": PASSWORD, "name": "梅"}
    assert http.get(f"{house.url}/setup", headers=BROWSER).status_code == 200
    wrong = http.post(f"{house.url}/api/setup", json={**first, "secret": secret[::-1]})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "bad_setup_secret")
    assert http.post(f"{house.url}/api/setup", json={**first, "secret": secret}).status_code == 200
    me = house.me(http)
    assert (me["login"], me["admin"], me["method"]) == ("mei", True, "setup")
    again = requests.post(f"{house.url}/api/setup", json={**first, "login": "eve", "secret": secret})
    assert (again.status_code, again.json()["code"]) == (409, "already_set_up")
    log = house.server.data / "logs/askwell.log"
    assert secret not in log.read_text()


# Asking from a shell.


def ask(house: House, *args: str, **env: str) -> tuple[subprocess.CompletedProcess, dict]:
    """Runs `askwell ask`, which omar answers."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        command = ("ask", "--server", house.url, "--title", "Deploy?", "--confirm", "--timeout", "60", *args)
        running = pool.submit(house.cli, *command, **env)
        omar = house.sign_in("omar")
        while not (waiting := omar.get(f"{house.url}/api/sessions").json()["sessions"]):
            assert not running.done(), running.result().stderr
        session = omar.get(f"{house.url}/api/sessions/{waiting[0]['session_id']}").json()["session"]
        reply = house.answer(omar, session["session_id"], content_hash=session["content_hash"])
        assert reply.status_code == 200, reply.text
        return running.result(), session


def test_a_script_asks_with_a_token_of_the_environment(house):
    done, session = ask(house, "--candidate", "group:ops", ASKWELL_TOKEN=house.asks)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"choice": "confirm"})
    assert (session["requester_token"], session["candidates"]) == ("ci", ["group:ops"])
    assert session["may"]["respond"] is True
    assert house.asks not in done.stderr


def test_a_script_asks_with_a_token_of_a_file(house, tmp_path):
    file = tmp_path / "token"
    file.write_text(house.asks + "\n")
    done, session = ask(house, "--token-file", str(file), "--assignee", "omar")
    assert done.returncode == 0, done.stderr
    assert session["assignee"] == "omar"


def test_a_person_signs_in_and_asks_from_their_shell(house):
    done = house.cli("login", "mei", "--server", house.url, ASKWELL_PASSWORD="a wrong password")
    assert done.returncode == 2 and "401" in done.stderr
    done = house.cli("login", "mei", "--server", house.url, ASKWELL_PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stderr
    kept = house.server.folder / "home/.config/askwell/tokens.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "ask_" not in done.stdout + done.stderr
    done, session = ask(house)
    assert done.returncode == 0, done.stderr
    assert session["requester"] == "mei"
    # What was kept is a token, which the person sees and can take back.
    mei = house.sign_in("mei")
    (token,) = mei.get(f"{house.url}/api/tokens").json()["tokens"]
    assert set(token["scopes"]) == {"create", "read"}
    assert mei.delete(f"{house.url}/api/tokens/{token['id']}").status_code == 200
    done = house.cli("ask", "--server", house.url, "--title", "T", "--confirm")
    assert done.returncode == 2 and "401" in done.stderr


@pytest.mark.parametrize("token", ["", "ask_nonsense", "not even like one"])
def test_a_script_without_a_token_that_holds_is_told_so(house, token):
    shown = {"ASKWELL_TOKEN": token} if token else {}
    done = house.cli("ask", "--server", house.url, "--title", "T", "--confirm", **shown)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Sign in first, or send a token" in done.stderr
    assert not token or token not in done.stderr


def test_the_audit_says_who_did_what(house):
    ask(house, ASKWELL_TOKEN=house.asks)
    entries = house.sign_in("mei").get(f"{house.url}/api/audit").json()["entries"]
    by = {entry["action"]: entry for entry in entries}
    (ci,) = house.sign_in("ann").get(f"{house.url}/api/tokens").json()["tokens"]
    assert (by["session.opened"]["actor"], by["session.opened"]["method"]) == (f"token:{ci['id']}", "token")
    assert (by["session.answered"]["actor"], by["session.answered"]["method"]) == ("user:omar", "password")
    export = house.sign_in("mei").get(f"{house.url}/api/audit/export").content
    assert PASSWORD.encode() not in export and house.asks.encode() not in export
    done = subprocess.run([str(BINARY), "audit", "verify", "-"], input=export, capture_output=True)
    assert done.returncode == 0, done.stderr


# Other ways in.


def test_a_password_with_each_request(house):
    http = requests.Session()
    http.auth = ("omar", PASSWORD)
    assert house.me(http)["method"] == "basic"
    session_id = house.ask(house.bearing(house.asks))
    assert house.answer(http, session_id).status_code == 200
    wrong = requests.get(f"{house.url}/api/sessions", auth=("omar", "wrong"))
    assert wrong.status_code == 401
    offered = wrong.raw.headers.getlist("WWW-Authenticate")
    assert offered == ['Bearer realm="askwell"', 'Basic realm="askwell", charset="UTF-8"']
    assert requests.get(f"{house.url}/api/sessions", auth=("nobody", PASSWORD)).status_code == 401


def test_basic_is_shut_where_it_is_not_named(make_house):
    house = make_house({"auth_method": "password"}).people(omar=()).start()
    reply = requests.get(f"{house.url}/api/sessions", auth=("omar", PASSWORD))
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="askwell"'


JWT = {
    "auth_method": ["password", "jwt"],
    "jwt_secret": JWT_SECRET,
    "jwt_issuer": "https://ci.example",
    "jwt_audience": "askwell",
    "jwt_groups_claim": "groups",
    "jwt_allowed_groups": ["ops"],
}


def test_a_signed_token_of_somebody_elses(make_house):
    house = make_house(JWT).people(mei=("--admin",)).start()
    wang = house.bearing(jwt(claims("wang", name="王", groups=["ops", "owners"])))
    me = house.me(wang)
    assert (me["kind"], me["name"], me["groups"], me["admin"], me["method"]) == ("user", "王", ["ops"], False, "jwt")
    session_id = house.ask(house.sign_in("mei"), candidates=["group:ops"])
    answered = house.answer(wang, session_id)
    assert answered.json()["session"]["response"]["user_id"] == me["login"]
    # What is within a minute of its time still counts.
    assert house.me(house.bearing(jwt(claims("wang", lasts=-30))))["login"] == me["login"]
    good = claims("wang")
    refused = {
        "expired": jwt(claims("wang", lasts=-90)),
        "without an end": jwt({name: value for name, value in good.items() if name != "exp"}),
        "not yet": jwt({**good, "nbf": good["iat"] + 120}),
        "issued in the future": jwt({**good, "iat": good["iat"] + 120}),
        "of another issuer": jwt({**good, "iss": "https://evil.example"}),
        "for somebody else": jwt({**good, "aud": "other"}),
        "of nobody": jwt({name: value for name, value in good.items() if name != "sub"}),
        "signed by nothing": jwt(good, alg="none"),
        "signed by NONE": jwt(good, alg="NONE"),
        "signed by more": jwt(good, alg="HS512"),
        "said to be RS256": jwt(good, alg="RS256"),
        "of another secret": jwt(good, secret="another secret that is long enough, too"),
        "critical": jwt(good, crit=["b64"], b64=False),
        "cut": jwt(good)[:-2],
        "without a signature": jwt(good).rsplit(".", 1)[0] + ".",
    }
    for what, token in refused.items():
        reply = house.bearing(token).get(f"{house.url}/api/sessions")
        assert (reply.status_code, reply.json()["code"]) == (401, "unauthenticated"), what


# Sockets.


def refused_connection(url: str, auth: dict) -> object:
    client = socketio.Client(reconnection=False)
    said = []
    client.on("connect_error", said.append)
    try:
        client.connect(url, transports=["websocket"], auth=auth, wait_timeout=30)
    except socketio.exceptions.ConnectionError:
        return said
    raise AssertionError("it was let in")


def test_the_python_client_of_socketio_says_who_it_is(house):
    listener = Listener(house.url, token=house.asks)
    session_id = house.ask(house.bearing(house.asks))
    assert listener.wait("new_session")["session_id"] == session_id
    # A token answers by no door.
    given = {"session_id": session_id, "response": {"choice": "confirm"}}
    assert listener.call("respond", given)["code"] == "forbidden"
    house.answer(house.sign_in("omar"), session_id)
    assert listener.wait("session_completed")["session"]["response"]["user_id"] == "omar"
    listener.close()
    for auth in ({"token": "ask_nonsense"}, {}, {"token": 7}):
        (said,) = refused_connection(house.url, auth)
        assert (said if isinstance(said, str) else said["message"]) == "unauthenticated", auth


NODE = """
import { io } from 'socket.io-client'
const [url, token, wrong] = process.argv.slice(1)
const refused = io(url, { auth: { token: wrong }, reconnection: false })
refused.on('connect_error', ({ message }) => {
  console.log(JSON.stringify({ message }))
  const socket = io(url, { auth: { token }, forceNew: true })
  socket.on('connected', () => console.log('"connected"'))
  socket.on('session_completed', ({ session }) => {
    console.log(JSON.stringify(session.response))
    socket.disconnect()
  })
})
"""


def test_the_javascript_client_of_socketio_says_who_it_is(house):
    command = ["node", "--input-type=module", "-e", NODE, house.url, house.asks, "ask_nonsense"]
    with subprocess.Popen(command, cwd=ROOT / "e2e/javascript", stdout=subprocess.PIPE, text=True) as node:
        assert json.loads(node.stdout.readline()) == {"message": "unauthenticated"}
        assert json.loads(node.stdout.readline()) == "connected"
        house.answer(house.sign_in("omar"), house.ask(house.bearing(house.asks)))
        assert json.loads(node.stdout.readline())["user_id"] == "omar"


# What ends.


@pytest.mark.parametrize("end", ["disabled", "signed out"])
def test_whoever_loses_the_right_loses_what_is_open(house, end):
    session_id = house.ask(house.bearing(house.asks), assignee="omar", timeout=600)
    omar = house.sign_in("omar")
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in omar.cookies)
    ended: dict[str, float] = {}
    started, done = threading.Barrier(4), threading.Event()

    def note(what: str) -> None:
        ended[what] = time.monotonic()
        if len(ended) == 3:
            done.set()

    def poll():
        http = requests.Session()
        http.cookies.update(omar.cookies)
        started.wait()
        reply = http.get(f"{house.url}/api/sessions/{session_id}", params={"wait": 120})
        assert (reply.status_code, reply.json()["code"]) == (401, "unauthenticated")
        note("long-poll")

    def stream():
        http = requests.Session()
        http.cookies.update(omar.cookies)
        reply = http.get(f"{house.url}/api/events", headers={"Accept": "text/event-stream"}, stream=True)
        assert reply.status_code == 200
        started.wait()
        for _ in reply.iter_content(None):
            pass
        note("stream")

    def socket():
        client = socketio.Client(reconnection=False)
        gone = threading.Event()
        client.on("disconnect", lambda *_: gone.set())
        client.connect(house.url, transports=["websocket"], headers={"Cookie": cookie}, wait_timeout=30)
        started.wait()
        gone.wait()
        note("websocket")

    threads = [threading.Thread(target=what, daemon=True) for what in (poll, stream, socket)]
    for thread in threads:
        thread.start()
    started.wait()
    mei = house.sign_in("mei")
    while not mei.get(f"{house.url}/api/sessions/{session_id}").json()["session"]["waiting"]:
        pass
    since = time.monotonic()
    if end == "disabled":
        reply = mei.patch(f"{house.url}/api/users/omar", json={"disabled": True})
    else:
        reply = omar.post(f"{house.url}/api/logout")
    assert reply.status_code == 200, reply.text
    assert done.wait(ENDS_WITHIN), f"still open: {ended}"
    print(f"{end}:", {what: f"{at - since:.2f} s" for what, at in sorted(ended.items())})
    assert omar.get(f"{house.url}/api/sessions").status_code == 401
    if end == "disabled":
        login = requests.post(f"{house.url}/api/login", json={"login": "omar", "password": PASSWORD})
        assert (login.status_code, login.json()["code"]) == (401, "bad_credentials")


# Guests.


def test_looking_at_a_guests_link_decides_nothing_and_it_lets_in_once(house):
    session_id = house.ask(house.bearing(house.asks))
    omar = house.sign_in("omar")
    links = f"{house.url}/api/sessions/{session_id}/guest-links"
    made = omar.post(links, json={"name": "Auditor Zhou"})
    assert made.status_code == 200, made.text
    url = made.json()["url"]
    page, secret = url.split("#")
    assert page.endswith("/g")
    # Scanners of mail, previews of messengers, prefetches of browsers.
    for call in (requests.get, requests.head):
        for headers in ({}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"User-Agent": "Slackbot"}):
            assert call(url, headers={**BROWSER, **headers}).status_code == 200
    assert requests.get(f"{house.url}/api/guest", params={"secret": secret}).status_code == 401
    (link,) = omar.get(links).json()["links"]
    assert link["used_at"] is None
    assert omar.get(f"{house.url}/api/sessions/{session_id}").json()["session"]["status"] == "pending"

    guest = requests.Session()
    wrong = guest.post(f"{house.url}/api/guest", json={"secret": secret[::-1]})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "bad_link")
    assert guest.post(f"{house.url}/api/guest", json={"secret": secret}).json()["session_id"] == session_id
    second = requests.post(f"{house.url}/api/guest", json={"secret": secret})
    assert (second.status_code, second.json()["code"]) == (410, "link_used")
    # One session, and nothing beside it.
    me = house.me(guest)
    assert (me["kind"], me["session_id"]) == ("guest", session_id)
    other = house.ask(house.bearing(house.asks))
    assert guest.get(f"{house.url}/api/sessions/{other}").status_code == 404
    reply = house.answer(guest, session_id)
    assert reply.status_code == 200, reply.text
    assert reply.json()["session"]["response"]["user_id"] == "guest:Auditor Zhou"
    assert secret not in (house.server.data / "logs/askwell.log").read_text()


def test_a_link_that_is_taken_back_is_over(house):
    session_id = house.ask(house.bearing(house.asks))
    omar = house.sign_in("omar")
    links = f"{house.url}/api/sessions/{session_id}/guest-links"
    made = [omar.post(links, json={"name": f"Guest {n}"}).json() for n in range(2)]
    secrets = [one["url"].split("#")[1] for one in made]
    guest = requests.Session()
    assert guest.post(f"{house.url}/api/guest", json={"secret": secrets[0]}).status_code == 200
    for one in made:
        assert omar.delete(f"{links}/{one['link']['id']}").status_code == 200
    assert house.answer(guest, session_id).status_code == 401
    assert requests.post(f"{house.url}/api/guest", json={"secret": secrets[1]}).status_code == 410


# Guesses.


def test_guesses_are_limited(make_house):
    house = make_house(limits={**NO_LIMITS, "login_per_account": 5}).people(omar=()).start()
    guess = {"login": "omar", "password": "a wrong password"}
    replies = [requests.post(f"{house.url}/api/login", json=guess) for _ in range(6)]
    assert [reply.status_code for reply in replies] == [401] * 5 + [429]
    assert 0 < int(replies[5].headers["Retry-After"]) <= 60
    # The right one has to wait, too: else a guess would be told from a try.
    right = requests.post(f"{house.url}/api/login", json={"login": "omar", "password": PASSWORD})
    assert right.status_code == 429


def test_others_read_while_passwords_are_guessed(house):
    reader = house.bearing(house.asks)
    session_id = house.ask(reader)

    def reads(count: int = 300) -> float:
        took = []
        for _ in range(count):
            begun = time.perf_counter()
            assert reader.get(f"{house.url}/api/sessions/{session_id}").status_code == 200
            took.append(time.perf_counter() - begun)
        return statistics.quantiles(took, n=100)[98] * 1000

    quiet = reads()
    stop, guesses = threading.Event(), []

    def guess(number: int) -> None:
        http = requests.Session()
        while not stop.is_set():
            # Names that exist and names that do not cost the same.
            login = "omar" if number % 2 else f"nobody{number}"
            reply = http.post(f"{house.url}/api/login", json={"login": login, "password": f"wrong {number}"})
            guesses.append(reply.status_code)

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        running = [pool.submit(guess, number) for number in range(16)]
        while len(guesses) < 16:
            pass
        loud = reads()
        stop.set()
        for one in running:
            one.result()
    print(f"p99 of reads: {quiet:.1f} ms alone, {loud:.1f} ms beside {len(guesses)} guesses")
    assert set(guesses) <= {401, 429, 503}
