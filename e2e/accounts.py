"""A real server with accounts, and its own command line that makes people and tokens."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import time

import requests
from conftest import BINARY, Server

PASSWORD = "correct horse battery"
JWT_SECRET = "a secret of the tests, long enough to be one"
# What guesses and creates may do in a minute is not what most tests are about.
NO_LIMITS = {"login_per_account": 0, "login_per_address": 0, "create_per_minute": 0, "guests_per_address": 0}


class House:
    """One server with `security.enable_auth`, people in it, and who calls it as whom."""

    def __init__(self, server: Server, security: dict | None = None, **sections):
        self.server = server
        self.config = server.folder / "askwell.yaml"
        security = {"enable_auth": True, "auth_method": ["password", "basic"], **(security or {})}
        # JSON is YAML.
        self.config.write_text(json.dumps({"security": security, "limits": NO_LIMITS, **sections}))
        server.args += ["--config", str(self.config)]

    @property
    def url(self) -> str:
        return self.server.url

    def start(self) -> "House":
        self.server.start()
        return self

    def cli(self, *args: str, given: str = "", **env: str) -> subprocess.CompletedProcess:
        """The command line, as somebody at another place than this repository's."""
        home = self.server.folder / "home"
        home.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASKWELL", "XDG"))}
        return subprocess.run(
            [str(BINARY), *args],
            input=given,
            capture_output=True,
            text=True,
            cwd=self.server.folder,
            env={**kept, "HOME": str(home), **env},
        )

    def here(self, *args: str, given: str = "") -> subprocess.CompletedProcess:
        """The command line on the data directory of the stopped server."""
        return self.cli(*args, "--config", str(self.config), "--data-dir", str(self.server.data), given=given)

    def people(self, **people: tuple[str, ...]) -> "House":
        """Adds people, each with what else `user add` is told."""
        for login, options in people.items():
            done = self.here("user", "add", login, "--password-stdin", *options, given=PASSWORD)
            assert done.returncode == 0, done.stderr
        return self

    def token(self, owner: str, *options: str) -> str:
        done = self.here("token", "create", "--owner", owner, *options)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def bearing(self, token: str) -> requests.Session:
        """Somebody who shows a token with each request."""
        http = requests.Session()
        http.headers["Authorization"] = f"Bearer {token}"
        http.headers["Accept-Language"] = "en"
        return http

    def sign_in(self, login: str) -> requests.Session:
        """Somebody who signed in as the page does, and has a cookie since."""
        http = requests.Session()
        http.headers["Accept-Language"] = "en"
        reply = http.post(f"{self.url}/api/login", json={"login": login, "password": PASSWORD})
        assert reply.status_code == 200, reply.text
        return http

    def me(self, http: requests.Session, **options) -> dict | None:
        reply = http.get(f"{self.url}/api/me", **options)
        assert reply.status_code == 200, reply.text
        return reply.json()["me"]

    def ask(self, http: requests.Session, **body) -> str:
        """Opens a session and gives its id."""
        asked = {"interaction_type": "confirmation", "title": "Deploy?", "message": "Version 7"}
        reply = http.post(f"{self.url}/api/sessions", json={"interaction_data": asked, **body})
        assert reply.status_code == 200, reply.text
        return reply.json()["session_id"]

    def answer(self, http: requests.Session, session_id: str, **body) -> requests.Response:
        given = {"response": {"choice": "confirm"}, **body}
        return http.post(f"{self.url}/api/sessions/{session_id}/respond", json=given)


def jwt(claims: dict, alg: str = "HS256", secret: str = JWT_SECRET, **header) -> str:
    """A signed token as somebody else would make it; with any other `alg` a wrong one."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    head = part(json.dumps({"alg": alg, "typ": "JWT", **header}).encode())
    text = f"{head}.{part(json.dumps(claims).encode())}"
    if alg == "none":
        return text + "."
    kind = hashlib.sha512 if alg == "HS512" else hashlib.sha256
    return f"{text}.{part(hmac.new(secret.encode(), text.encode(), kind).digest())}"


def claims(sub: str, lasts: float = 300, **more) -> dict:
    now = int(time.time())
    return {"sub": sub, "iss": "https://ci.example", "aud": "askwell", "iat": now, "exp": now + lasts, **more}
