"""Signing in at an identity provider: a real one on loopback, its pages walked through over HTTP."""

import socket
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from accounts import House
from identity_provider import Browser, Provider


@pytest.fixture
def make_pair(make_server):
    providers = []

    def make(**oauth) -> tuple[House, Provider]:
        # The provider has to know the server's address, and the server the provider's.
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
        provider = Provider(f"{url}/api/login/oauth/callback")
        providers.append(provider)
        settings = {
            **provider.settings,
            "scopes": ["openid", "profile", "email", "groups"],
            "groups_claim": "groups",
            "allowed_groups": ["ops", "leads"],
            **oauth,
        }
        server = make_server()
        server.url = url
        house = House(server, {"auth_method": ["password", "oauth"]}, oauth={"name": "The house", **settings})
        house.people(ann=("--admin",)).start()
        return house, provider

    yield make
    for provider in providers:
        provider.close()


def test_who_signs_in_there_is_somebody_here(make_pair):
    house, provider = make_pair()
    session_id = house.ask(house.sign_in("ann"), candidates=["group:ops"])
    browser = Browser(house.url)
    ways = browser.http.get(f"{house.url}/api/me").json()["auth"]
    assert (ways["ways"], ways["provider"]) == (["password", "oauth"], "The house")
    departed = browser.depart(f"/r/{session_id}")
    asked = {name: value for name, (value,) in parse_qs(urlsplit(departed.headers["Location"]).query).items()}
    assert departed.headers["Location"].startswith(f"{provider.issuer}/")
    assert asked["code_challenge_method"] == "S256" and asked["state"] and asked["nonce"]
    assert browser.arrive(browser.walk(departed, "mei")) == f"/r/{session_id}"
    me = house.me(browser.http)
    assert (me["login"], me["name"], me["email"], me["method"]) == ("mei", "梅 Mei", "mei@example.org", "oauth")
    # `everyone` is not on the list.
    assert (me["groups"], me["admin"], me["has_password"]) == (["ops"], False, False)
    reply = house.answer(browser.http, session_id)
    assert reply.json()["session"]["response"]["user_id"] == "mei"
    # An address that nobody confirmed is not taken over, and other groups are other rights.
    omar = Browser(house.url)
    assert omar.sign_in("omar", "//evil.example") == "/"
    me = house.me(omar.http)
    assert (me["email"], me["groups"]) == (None, ["leads"])
    other = house.ask(house.sign_in("ann"), candidates=["group:ops"])
    assert omar.http.get(f"{house.url}/api/sessions/{other}").status_code == 404
    # The same person comes back as the same person.
    again = Browser(house.url)
    again.sign_in("mei")
    assert house.me(again.http)["login"] == "mei"


def test_a_group_there_makes_administrators_here(make_pair):
    house, _ = make_pair(admin_group="leads")
    for login, admin in [("mei", False), ("omar", True)]:
        browser = Browser(house.url)
        browser.sign_in(login)
        assert house.me(browser.http)["admin"] is admin
        assert browser.http.get(f"{house.url}/api/users").status_code == (200 if admin else 403)


def test_groups_may_come_by_userinfo(make_pair):
    house, provider = make_pair()
    provider.side("userinfo")
    browser = Browser(house.url)
    assert browser.sign_in("mei") == "/"
    assert house.me(browser.http)["groups"] == ["ops"]


def test_nobody_comes_back_with_the_nonce_of_another(make_pair):
    house, provider = make_pair()
    browser = Browser(house.url)
    provider.side("nonce")
    assert browser.sign_in("mei") == "/login?error=sign_in_refused"
    assert house.me(browser.http) is None
    assert browser.sign_in("mei") == "/"


def test_nobody_comes_back_twice_or_in_somebody_elses_browser(make_pair):
    house, _ = make_pair()
    browser = Browser(house.url)
    url = browser.walk(browser.depart(), "mei")
    # A link that somebody else was lured to: their browser did not depart with it.
    assert Browser(house.url).arrive(url) == "/login?error=sign_in_refused"
    flow = [cookie for cookie in browser.http.cookies if "flow" in cookie.name]
    assert browser.arrive(url) == "/"
    for what in ("without the cookie", "with it"):
        if what == "with it":
            thief = Browser(house.url)
            for cookie in flow:
                thief.http.cookies.set_cookie(cookie)
        else:
            thief = Browser(house.url)
        assert thief.arrive(url) == "/login?error=sign_in_refused", what
        assert house.me(thief.http) is None


def test_what_comes_back_is_judged(make_pair):
    house, _ = make_pair()
    for changed in ({"state": "another"}, {"iss": "https://evil.example"}, {"iss": None}, {"code": "guessed"}, {"code": None}):
        browser = Browser(house.url)
        address = urlsplit(browser.walk(browser.depart(), "mei"))
        query = {name: value for name, (value,) in parse_qs(address.query).items()} | changed
        query = urlencode({name: value for name, value in query.items() if value is not None})
        # A code that the provider does not know is the provider's word, the rest is ours.
        assert browser.arrive(address._replace(query=query).geturl()).startswith("/login?error="), changed
        assert house.me(browser.http) is None, changed


def test_a_new_key_counts_once_it_was_fetched(make_pair):
    house, provider = make_pair()
    assert Browser(house.url).sign_in("mei") == "/"
    provider.side("rotate")
    # Keys are fetched at most once a minute, whatever comes in; until then a key that is not known lets nobody in.
    browser = Browser(house.url)
    assert browser.sign_in("mei") == "/login?error=sign_in_refused"
    assert house.me(browser.http) is None
    house.server.stop()
    house.start()
    assert browser.sign_in("mei") == "/"


def test_whoever_is_not_invited_is_told_so(make_pair):
    house, _ = make_pair(allowed_logins=["omar"])
    browser = Browser(house.url)
    assert browser.sign_in("mei") == "/login?error=not_invited"
    assert house.me(browser.http) is None
    assert [user["login"] for user in house.sign_in("ann").get(f"{house.url}/api/users").json()["users"]] == ["ann"]
    assert Browser(house.url).sign_in("omar") == "/"


def test_a_provider_that_is_gone_keeps_nobody_out_who_has_a_password(make_pair):
    house, provider = make_pair()
    provider.close()
    assert Browser(house.url).depart().headers["Location"] == "/login?error=provider_unavailable"
    assert house.me(house.sign_in("ann"))["login"] == "ann"


def test_whoever_is_disabled_does_not_come_in_by_the_provider_either(make_pair):
    house, _ = make_pair()
    browser = Browser(house.url)
    browser.sign_in("mei")
    reply = house.sign_in("ann").patch(f"{house.url}/api/users/mei", json={"disabled": True})
    assert reply.status_code == 200
    assert browser.http.get(f"{house.url}/api/sessions").status_code == 401
    assert Browser(house.url).sign_in("mei") in ("/login?error=sign_in_refused", "/login?error=not_invited")
    assert requests.get(f"{house.url}/api/sessions", cookies=browser.http.cookies).status_code == 401
