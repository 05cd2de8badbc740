"""The identity provider of `identity/provider.mjs`, and somebody who walks through its pages as a browser does."""

import json
import re
import subprocess
from html import unescape
from urllib.parse import urljoin, urlsplit

import requests
from conftest import ROOT

FORM = re.compile(r'<form[^>]*action="([^"]*)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')


class Provider:
    """One process; `side` opens its side door."""

    def __init__(self, redirect: str):
        command = ["node", "identity/provider.mjs", "--redirect", redirect]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT / "e2e",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        said = json.loads(self.process.stdout.readline())
        self.issuer = said["issuer"]
        self.settings = {"issuer": self.issuer, **{name: said[name] for name in ("client_id", "client_secret")}}

    def side(self, door: str) -> None:
        assert requests.post(f"{self.issuer}/side/{door}").status_code == 204

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)


class Browser:
    """Follows redirects one by one, so that a test may step in; fills in the provider's two forms."""

    def __init__(self, server_url: str):
        self.server_url = server_url
        self.http = requests.Session()

    def depart(self, return_to: str = "/") -> requests.Response:
        """Leaves for the provider, as by the button on the page."""
        address = f"{self.server_url}/api/login/oauth"
        return self.http.get(address, params={"return_to": return_to}, allow_redirects=False)

    def walk(self, reply: requests.Response, login: str) -> str:
        """Signs in and consents at the provider; gives the address at which the server is come back to."""
        while True:
            if reply.is_redirect:
                url = urljoin(reply.url, reply.headers["Location"])
                if url.startswith(f"{self.server_url}/"):
                    return url
                reply = self.http.get(url, allow_redirects=False)
                continue
            assert reply.status_code == 200, (reply.url, reply.status_code, reply.text[:500])
            action = urljoin(reply.url, unescape(FORM.search(reply.text)[1]))
            given = {name: unescape(value) for name, value in HIDDEN.findall(reply.text)}
            if given.get("prompt") == "login":
                given |= {"login": login, "password": "any"}
            reply = self.http.post(action, data=given, allow_redirects=False)

    def arrive(self, url: str) -> str:
        """Comes back to the server; gives the path where that leads to."""
        reply = self.http.get(url, allow_redirects=False)
        assert reply.status_code == 302, reply.text
        target = urlsplit(urljoin(url, reply.headers["Location"]))
        return target.path + (f"?{target.query}" if target.query else "")

    def sign_in(self, login: str, return_to: str = "/") -> str:
        return self.arrive(self.walk(self.depart(return_to), login))
