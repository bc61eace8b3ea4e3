"""People with real browsers for a check: Debian's Chromium, driven by Playwright. Each person has a
context of their own, which shares nothing with that of another."""

import shutil
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import (
    Browser, BrowserContext, CDPSession, ConsoleMessage, Error, Page, Request, Response,
    sync_playwright,
)

from browser import PASSWORD

# A name of nobody's, which leads to this machine: what is there is another site to a browser, and so
# is what is at `localhost`. All other names lead nowhere, so that a page that needs one does not work
# here.
ELSEWHERE = "attacker.example"
ARGUMENTS = (
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1, MAP * ~NOTFOUND, "
    "EXCLUDE 127.0.0.1, EXCLUDE localhost",
    # Root has no sandbox of its own, and what is visited is ours.
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WITHOUT_SCRIPTS = {"java_script_enabled": False}
# More than a flow has; then it goes in a circle.
PAGES_MAX = 10
PATIENCE_MS = 30_000


@dataclass
class Seen:
    """What a person is shown."""

    status: int
    title: str
    text: str


class Person:
    """Somebody with a browser."""

    def __init__(self, context: BrowserContext, user: str) -> None:
        self.context = context
        self.user = user
        self.page: Page = context.new_page()
        self.cdp: CDPSession = context.new_cdp_session(self.page)
        # What the browser complained of, and where it asked for something.
        self.complaints: list[str] = []
        self.origins: set[str] = set()
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", self.hear)
        context.on("request", self.note)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def note(self, request: Request) -> None:
        self.origins.add(origin(request.url))

    def opens(self, url: str) -> Seen:
        return self.seen(self.page.goto(url))

    def presses(self, button: str) -> Seen:
        """Presses a button, found as a screen reader finds it."""
        found = self.page.get_by_role("button", name=button, exact=True)
        with self.page.expect_navigation() as navigation:
            found.click()
        return self.seen(navigation.value)

    def follows(self, link: str) -> Seen:
        found = self.page.get_by_role("link", name=link, exact=True)
        with self.page.expect_navigation() as navigation:
            found.click()
        return self.seen(navigation.value)

    def goes(self, url: str) -> Seen:
        """Opens a link, logs in and allows what the demo provider asks; ends where it does not."""
        return self.goes_on(self.opens(url))

    def goes_on(self, seen: Seen) -> Seen:
        for _ in range(PAGES_MAX):
            if seen.title == "Log in at the demo provider":
                self.page.get_by_label("User").fill(self.user)
                self.page.get_by_label("Password").fill(PASSWORD)
                seen = self.presses("Log in")
            elif seen.title == "Do you allow this?":
                seen = self.presses("Allow")
            else:
                return seen
        raise AssertionError(f"too many pages: {seen}")

    def is_sent_to(self, part: str, going: Callable[[], object]) -> str:
        """Goes on until the browser is sent to an address with `part`, and does not open it."""
        caught: list[str] = []

        def catch(event: dict) -> None:
            caught.append(event["request"]["url"])
            failed = {"requestId": event["requestId"], "errorReason": "Aborted"}
            self.cdp.send("Fetch.failRequest", failed)

        self.cdp.on("Fetch.requestPaused", catch)
        self.cdp.send("Fetch.enable", {"patterns": [{"urlPattern": f"*{part}*"}]})
        try:
            seen = going()
        except Error as error:
            assert caught, error
        else:
            raise AssertionError(f"nobody was sent to {part}: {seen}")
        finally:
            self.cdp.send("Fetch.disable")
            self.cdp.remove_listener("Fetch.requestPaused", catch)
        [url] = caught
        return url

    def seen(self, response: Response | None) -> Seen:
        assert response is not None, self.page.url
        self.page.wait_for_load_state()
        headings = self.page.locator("h1").all_inner_texts()
        text = self.page.locator("body").inner_text()
        return Seen(response.status, "".join(headings), text)


class Chromium:
    """The running browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.version = browser.version

    @contextmanager
    def person(self, user: str, **how: object) -> Iterator[Person]:
        """Somebody with a fresh browser, who logs in at the demo provider as this user."""
        context = self.browser.new_context(**how)
        try:
            yield Person(context, user)
        finally:
            context.close()


@contextmanager
def chromium() -> Iterator[Chromium]:
    program = shutil.which("chromium")
    assert program, "chromium is missing; run `cargo xtask setup`"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield Chromium(launched)
        finally:
            launched.close()


class HostilePages:
    """Somebody else's web server: its pages are whatever an attacker writes."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        hostile = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text = hostile.pages.get(self.path)
                body = f"<!doctype html><title>prizes</title>{text}".encode()
                self.send_response(404 if text is None else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> "HostilePages":
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def serves(self, html: str) -> list[str]:
        """The addresses of a page: on another site, and on another port of ours. The latter is
        another origin, and to the rules of cookies the same site."""
        path = f"/{len(self.pages)}"
        self.pages[path] = html
        port = self.server.server_port
        return [f"http://{host}:{port}{path}" for host in (ELSEWHERE, "127.0.0.1")]


def origin(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
