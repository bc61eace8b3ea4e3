"""A relying party in a process of its own for a check, and the way of a user through it: signed in by
the provider, known, renewed, revoked, signed out. Which client does it is the party's own matter."""

import json
import subprocess
import sys
import urllib.parse
from pathlib import Path

from authorization_server import FOLDER
from browser import Browser, Page, query_of
from user_pool import EMAIL, UserPool

NODE = Path(__file__).parents[1] / "node"


def by_node(script: str) -> list[object]:
    return [FOLDER / "node_modules" / ".bin" / "node", NODE / script, FOLDER]


def by_python(script: str) -> list[object]:
    return [sys.executable, "-B", Path(__file__).parent / script]


class RelyingParty:
    """A running relying party, which is a client of the pool."""

    def __init__(self, pool: UserPool, command: list[object], method: str, **more: str) -> None:
        self.pool = pool
        self.method = method
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        # A name, so that the provider on 127.0.0.1 is another site.
        self.url = f"http://localhost:{self.hear()['port']}"
        registered = pool.client(
            f"{self.url}/cb", f"{self.url}/out", has_secret=method != "none"
        )
        self.client_id = registered["client_id"]
        told = {"issuer": pool.issuer, "url": self.url, "method": method, **registered, **more}
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        self.hear()

    def __enter__(self) -> "RelyingParty":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)

    def hear(self) -> dict:
        line = self.process.stdout.readline()
        assert line, "the relying party ended"
        return json.loads(line)

    def ask(self, path: str, **query: str) -> dict:
        """What it answers to a request that must work."""
        page = self.page(path, query)
        assert page.status == 200, (path, page.status, page.text)
        return json.loads(page.text)

    def refused(self, path: str, **query: str) -> str:
        """The code of the error with which a request ends."""
        page = self.page(path, query)
        assert page.status == 400, (path, page.status, page.text)
        return json.loads(page.text)["error"]

    def page(self, path: str, query: dict[str, str]) -> Page:
        return Browser().get(f"{self.url}{path}?{urllib.parse.urlencode(query)}")

    def signs_in(self, browser: Browser) -> dict:
        """The user goes all the way; what the party knows then."""
        page = browser.go(f"{self.url}/login", self.pool.signs_in)
        assert page.status == 200 and page.url.startswith(f"{self.url}/cb?"), page
        # It says who answers (RFC 9207).
        assert page.query["iss"] == self.pool.issuer, page.url
        return json.loads(page.text)

    def is_asked_for_a_password(self, browser: Browser) -> bool:
        page = browser.go(f"{self.url}/login")
        return any("password" in form.fields for form in page.forms)


def walk_through(party: RelyingParty) -> None:
    browser = Browser()
    known = party.signs_in(browser)
    is_known(party, browser, known)
    renewed = a_refresh_token_is_good_once(party, Browser())
    is_looked_at(party, renewed)
    a_refresh_token_is_revoked(party, renewed)
    is_signed_out(party, browser, known["id_token"])


def is_known(party: RelyingParty, browser: Browser, known: dict) -> None:
    pool, claims = party.pool, known["claims"]
    assert (claims["iss"], claims["sub"]) == (pool.issuer, pool.sub), claims
    assert claims["aud"] in (party.client_id, [party.client_id]), claims
    sent = [page.url for page in browser.pages if "code_challenge=" in page.url][0]
    asked = query_of(sent)
    assert asked["code_challenge_method"] == "S256", asked
    assert asked["nonce"] == claims["nonce"], (asked, claims)
    told = party.ask("/userinfo", token=known["access_token"], sub=pool.sub)
    assert (told["sub"], told["email"]) == (pool.sub, EMAIL), told
    # Who has signed in is not asked for the password again.
    assert not party.is_asked_for_a_password(browser)
    assert party.is_asked_for_a_password(Browser())


def a_refresh_token_is_good_once(party: RelyingParty, browser: Browser) -> dict:
    first = party.signs_in(browser)
    renewed = party.ask("/refresh", token=first["refresh_token"])
    assert renewed["refresh_token"] != first["refresh_token"]
    assert renewed["access_token"] != first["access_token"]
    assert renewed["claims"]["sub"] == party.pool.sub, renewed["claims"]
    again = party.ask("/refresh", token=renewed["refresh_token"])
    # Of another sign-in: what comes of a token that comes twice is over as a rule.
    assert party.refused("/refresh", token=first["refresh_token"]) == "invalid_grant"
    assert again["refresh_token"] not in (first["refresh_token"], renewed["refresh_token"])
    return party.signs_in(browser)


def is_looked_at(party: RelyingParty, known: dict) -> None:
    """The provider says of a token what it is (RFC 7662), to whom has a secret."""
    if party.method == "none":
        return
    said = party.ask("/introspect", token=known["access_token"])
    assert said["active"] and said["sub"] == party.pool.sub, said
    assert said["client_id"] == party.client_id, said
    assert party.ask("/introspect", token="nothing")["active"] is False


def a_refresh_token_is_revoked(party: RelyingParty, known: dict) -> None:
    """And with it what came of it (RFC 7009 §2.1)."""
    party.ask("/revoke", token=known["refresh_token"])
    assert party.refused("/refresh", token=known["refresh_token"]) == "invalid_grant"
    party.refused("/userinfo", token=known["access_token"], sub=party.pool.sub)
    if party.method != "none":
        assert party.ask("/introspect", token=known["access_token"])["active"] is False


def is_signed_out(party: RelyingParty, browser: Browser, id_token: str) -> None:
    assert not party.is_asked_for_a_password(browser)
    query = urllib.parse.urlencode({"token": id_token})
    page = browser.go(f"{party.url}/logout?{query}", party.pool.signs_in)
    assert page.status == 200 and page.url.startswith(f"{party.url}/out"), page
    assert party.is_asked_for_a_password(browser)
