"""Apache with Debian's mod_auth_openidc logs a user of a pool in, renews, knows an access token by
introspection, revokes, and signs the user out. On both engines."""

import json
import sys
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from browser import Browser, Page
from mod_auth_openidc import Apache
from service import each
from user_pool import EMAIL, UserPool


def has_access(apache: Apache, token: str) -> int:
    """The status of a request with an access token, which Apache has introspected."""
    request = urllib.request.Request(f"{apache.url}/api/")
    request.add_header("Authorization", f"Bearer {token}")
    page = Browser().send(request)
    assert page.status != 200 or page.headers["X-Sub"] == apache.pool.sub, page.headers
    return page.status


def known(apache: Apache, browser: Browser) -> Page:
    page = browser.go(f"{apache.url}/known/", apache.pool.signs_in)
    assert (page.status, page.text) == (200, "this is known"), (page, apache.said())
    found = page.headers["X-Sub"], page.headers["X-Email"]
    assert found == (apache.pool.sub, EMAIL), (found, apache.said())
    return page


def session(apache: Apache, browser: Browser) -> dict:
    """What the module keeps of the user, as its own page tells."""
    return json.loads(browser.get(f"{apache.url}/cb?info=json").text)


def walk_through(apache: Apache) -> None:
    browser = Browser()
    known(apache, browser)
    assert any("code_challenge_method=S256" in page.url for page in browser.pages)
    first = session(apache, browser)
    assert first["id_token"]["sub"] == first["userinfo"]["sub"] == apache.pool.sub, first
    assert first["id_token"]["iss"] == apache.pool.issuer, first
    assert has_access(apache, first["access_token"]) == 200, apache.said()
    assert has_access(apache, "nothing") == 401
    # The module renews, and goes on with the refresh token that it was given instead.
    for _ in range(2):
        before = session(apache, browser)
        query = {"refresh": f"{apache.url}/known/", "access_token": before["access_token"]}
        page = browser.go(f"{apache.url}/cb?{urllib.parse.urlencode(query)}")
        assert (page.status, page.text) == (200, "this is known"), (page, apache.said())
        assert "error_code" not in page.url, (page.url, apache.said())
        after = session(apache, browser)
        assert after["access_token"] != before["access_token"]
        assert after["refresh_token"] != before["refresh_token"]
    # It revokes what it has, and has the provider sign the user out.
    query = urllib.parse.urlencode({"logout": f"{apache.url}/api/"})
    page = browser.go(f"{apache.url}/cb?{query}", apache.pool.signs_in)
    assert page.url.startswith(f"{apache.url}/api/") and page.status == 401, page
    assert has_access(apache, after["access_token"]) == 401
    page = browser.go(f"{apache.url}/known/")
    assert any("password" in form.fields for form in page.forms), page


def main() -> None:
    for engine, service in each():
        with Apache(UserPool(service)) as apache:
            walk_through(apache)
        print(f"mod_auth_openidc logs in at a user pool on {engine}: ok")


if __name__ == "__main__":
    main()
