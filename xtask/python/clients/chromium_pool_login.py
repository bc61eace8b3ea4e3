"""Chromium signs a user of a pool in for an application of another site: without scripts and on a
phone, with a wrong password first, a second time without one, and not at all when the user cancels.
What browsers do is not a matter of the engine, so this runs on one."""

import json
import sys
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from chromium import PHONE, WITHOUT_SCRIPTS, Person, Seen, chromium, origin
from page_quality import what_is_wrong
from relying_party import RelyingParty, by_node
from service import running
from user_pool import EMAIL, PASSWORD, USER, UserPool


def is_page(person: Person, seen: Seen, title: str) -> None:
    """A page of the pool, held to what pages are held to."""
    assert (seen.status, seen.title) == (200, title), seen
    wrong = what_is_wrong(person.page)
    assert wrong == [], (person.page.url, wrong)


def begins(party: RelyingParty, person: Person, title: str) -> Seen:
    seen = person.opens(f"{party.url}/login")
    is_page(person, seen, title)
    host = urllib.parse.urlsplit(party.url).netloc
    assert "a relying party" in seen.text and host in seen.text, seen
    return seen


def enters(person: Person, password: str) -> Seen:
    person.page.get_by_label("Username").fill(USER)
    person.page.get_by_label("Password").fill(password)
    return person.presses("Sign in")


def is_known(party: RelyingParty, person: Person, seen: Seen) -> None:
    """The browser came back, and the application knows who it is."""
    assert seen.status == 200 and person.page.url.startswith(f"{party.url}/cb?"), seen
    claims = json.loads(seen.text)["claims"]
    assert (claims["sub"], claims["email"]) == (party.pool.sub, EMAIL), claims


def signs_in_and_out(party: RelyingParty, person: Person) -> None:
    begins(party, person, "Sign in")
    refused = enters(person, PASSWORD + "x")
    is_page(person, refused, "Sign in")
    assert "wrong" in refused.text, refused
    is_known(party, person, enters(person, PASSWORD))
    seen = begins(party, person, "Go on?")
    assert USER in seen.text, seen
    is_known(party, person, person.presses("Continue"))
    # Anybody can have such a link, so that the user is asked.
    query = {"client_id": party.client_id, "logout_uri": f"{party.url}/out"}
    seen = person.opens(f"{party.pool.issuer}/logout?{urllib.parse.urlencode(query)}")
    is_page(person, seen, "Sign out")
    seen = person.presses("Sign out")
    assert person.page.url.startswith(f"{party.url}/out") and seen.status == 200, seen
    begins(party, person, "Sign in")
    seen = person.presses("Cancel")
    assert seen.status == 400 and json.loads(seen.text)["error"] == "access_denied", seen
    own = {origin(party.url), origin(party.pool.issuer)}
    assert person.origins == own, person.origins
    blocked = [said for said in person.complaints if "Content Security Policy" in said]
    assert blocked == [], blocked


def main() -> None:
    with running(None) as service, chromium() as browser:
        pool = UserPool(service)
        with RelyingParty(pool, by_node("openid_client.mjs"), "none") as party:
            for how in (WITHOUT_SCRIPTS, PHONE):
                with browser.person(USER, **how) as person:
                    signs_in_and_out(party, person)
        print(f"Chromium {browser.version} signs in at a user pool: ok")


if __name__ == "__main__":
    main()
