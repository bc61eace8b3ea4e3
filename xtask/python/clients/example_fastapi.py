"""The example of a binding service on FastAPI, on both engines: it signs users in at the demo
provider, and ends a session only for the user who began it there."""

import html
import os
import re
import socket
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from browser import Browser, Page, at_demo, query_of
from delegation import Delegate, ask_api, demo_issuer
from service import Service, each

EXAMPLE = Path(__file__).parents[3] / "examples" / "fastapi-session-binding"
UVICORN = Path(os.environ["PROCURA_EXAMPLES_VENV"]) / "bin" / "uvicorn"


@contextmanager
def application(service: Service, issuer: str) -> Iterator[str]:
    """The example, listening; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # It listens before the example runs, so that nobody has to wait for that.
        listener.set_inheritable(True)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = {
            **service.environment(), "APP_URL": url, "OIDC_ISSUER": issuer,
            "OIDC_CLIENT_ID": "demo-app", "OIDC_CLIENT_SECRET": "demo-app-secret",
        }
        process = subprocess.Popen(
            [UVICORN, "main:app", "--fd", str(listener.fileno()), "--log-level", "warning"],
            cwd=EXAMPLE, env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
            pass_fds=[listener.fileno()],
        )
        try:
            yield url
        finally:
            process.terminate()
            process.wait(timeout=60)


def signed_in(url: str, user: str) -> Browser:
    """A browser of a user who signed in at the example."""
    browser = Browser()
    page = browser.go(f"{url}/sign-in", at_demo(user))
    assert page.status == 200 and page.url == f"{url}/", page
    [line] = browser.pages[0].headers.get_all("set-cookie")
    assert "httponly" in line.lower() and "samesite=lax" in line.lower(), line
    return browser


def link_of(page: Page) -> str:
    """Where the example sends a user to consent."""
    found = re.search(r'href="(http[^"]+)"', page.text)
    assert found, page
    return html.unescape(found[1])


def comes_back(browser: Browser, link: str, user: str, decision: str = "allow") -> Page:
    return browser.go(link, at_demo(user, decision))


def users_let_the_agent_act(url: str) -> None:
    for user in ("alice", "bob"):
        browser = signed_in(url, user)
        page = comes_back(browser, link_of(browser.get(f"{url}/")), user)
        assert page.status == 200 and "Done." in page.text, page
        # The link is used up.
        again = browser.get(page.url)
        assert again.status == 403 and "did not begin" in again.text, again
        page = browser.get(f"{url}/")
        assert f"{user}, the agent may act for you" in page.text, page


def a_no_is_a_no(url: str) -> None:
    browser = signed_in(url, "carol")
    page = comes_back(browser, link_of(browser.get(f"{url}/")), "carol", "deny")
    assert page.status == 200 and "may not act" in page.text, page
    page = browser.get(f"{url}/")
    assert "needs your consent" in page.text, page


def nobody_ends_what_another_began(url: str) -> None:
    mallory, victim = signed_in(url, "dave"), signed_in(url, "erin")
    # Dave asks, and lures Erin into the link: the consent would be hers and the token his.
    link = link_of(mallory.get(f"{url}/"))
    page = comes_back(victim, link, "erin")
    assert page.status == 403 and "did not begin in your session here" in page.text, page
    # She has consented. Dave knows the session's URI, of the link, and what his state may be.
    uri, state = query_of(link)["request_uri"], query_of(page.url)["state"]
    assert query_of(page.url)["session_id"].startswith(f"{uri}."), page.url
    known = urllib.parse.urlencode({"session_id": uri, "state": state})
    forged = urllib.parse.urlencode({"session_id": f"{uri}.{'A' * 43}", "state": state})
    ended = mallory.get(f"{url}/linked?{known}")
    assert ended.status == 403 and "did not begin in your session here" in ended.text, ended
    ended = mallory.get(f"{url}/linked?{forged}")
    assert ended.status == 403 and "Done." not in ended.text, ended
    asked = mallory.get(f"{url}/")
    assert asked.status == 200 and "needs your consent" in asked.text, asked
    # The link that she was sent back with, without her session, with his, and without its state.
    page_of_stranger = Browser().get(page.url)
    assert page_of_stranger.status == 401, page_of_stranger
    own = link_of(victim.get(f"{url}/"))
    back = comes_back(victim, own, "erin")
    assert back.status == 200 and "Done." in back.text, back
    stolen = mallory.get(back.url)
    assert stolen.status == 403 and "did not begin" in stolen.text, stolen
    session = urllib.parse.urlencode({"session_id": query_of(back.url)["session_id"]})
    bare = mallory.get(f"{url}/linked?{session}")
    assert bare.status == 403, bare


def main() -> None:
    for engine, service in each():
        issuer = demo_issuer(service)
        with application(service, issuer) as url:
            control = service.client("bedrock-agentcore-control")
            urls = [f"{url}/linked"]
            control.create_workload_identity(name="agent", allowedResourceOauth2ReturnUrls=urls)
            users_let_the_agent_act(url)
            a_no_is_a_no(url)
            nobody_ends_what_another_began(url)
        # The users of the example are those whom the agent acts for, wherever it runs.
        token = Delegate(service, "agent", "alice", urls[0]).gets("read")
        repositories = ask_api(f"{issuer}/api/repositories", token)
        assert repositories[0]["name"] == "wonderland", repositories
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
        print(f"the FastAPI example on {engine}: ok; {verified.strip()}")


if __name__ == "__main__":
    main()
