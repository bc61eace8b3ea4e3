"""A user's browser for a check: cookies, forms and redirects, and no scripts."""

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from http.client import HTTPMessage

# More than a flow has; then it goes in a circle.
PAGES_MAX = 30
REDIRECTS = (301, 302, 303, 307, 308)
PASSWORD = "demo-password"


@dataclass
class Form:
    """A form of a page: where it leads, and what it holds before anybody fills it in."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.action).path


class Forms(HTMLParser):
    """Reads the forms of a page. A button sends something only when it is pressed."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url = url
        self.found: list[Form] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        if tag == "form":
            assert (told.get("method") or "").lower() == "post", f"a form that is no post: {told}"
            self.found.append(Form(urllib.parse.urljoin(self.url, told.get("action") or "")))
        elif tag == "input" and self.found and told.get("name") and told.get("type") != "submit":
            self.found[-1].fields[told["name"]] = told.get("value") or ""


@dataclass
class Page:
    """What a browser was answered."""

    url: str
    status: int
    headers: HTTPMessage = field(repr=False)
    text: str

    @property
    def location(self) -> str | None:
        """Where it redirects, absolute."""
        location = self.headers.get("location") if self.status in REDIRECTS else None
        return location and urllib.parse.urljoin(self.url, location)

    @property
    def forms(self) -> list[Form]:
        return Forms(self.url, self.text).found

    @property
    def query(self) -> dict[str, str]:
        return query_of(self.url)


# What is filled in where a page has a form; with None the user stops here.
Answer = Callable[[Page, Form], dict[str, str] | None]


class Stays(urllib.request.HTTPRedirectHandler):
    """The browser goes where it is redirected by itself, so that each page is seen."""

    def redirect_request(self, *_: object) -> None:
        return None


class Browser:
    """A browser of its own: two of them share nothing."""

    def __init__(self) -> None:
        self.cookies = CookieJar()
        # No proxy: all that is visited is on this machine.
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), Stays,
            urllib.request.HTTPCookieProcessor(self.cookies),
        )
        self.pages: list[Page] = []

    def get(self, url: str) -> Page:
        """Opens a URL, and stays where it is when it is redirected."""
        return self.send(urllib.request.Request(url))

    def submit(self, form: Form, **fields: str) -> Page:
        body = urllib.parse.urlencode({**form.fields, **fields}).encode()
        origin = urllib.parse.urlsplit(form.action)._replace(path="", query="", fragment="")
        request = urllib.request.Request(form.action, data=body)
        request.add_header("Origin", origin.geturl())
        return self.send(request)

    def go(self, url: str, answer: Answer = lambda _page, _form: None) -> Page:
        """Opens a URL, goes where it is redirected, fills in forms, and ends on the page where
        there is nothing more to do."""
        page = self.get(url)
        for _ in range(PAGES_MAX):
            if page.location:
                page = self.get(page.location)
                continue
            form = next(iter(page.forms), None)
            filled = answer(page, form) if form else None
            if filled is None:
                return page
            page = self.submit(form, **filled)
        raise AssertionError(f"too many pages: {[page.url for page in self.pages]}")

    def send(self, request: urllib.request.Request) -> Page:
        request.add_header("Accept", "text/html,*/*;q=0.8")
        try:
            reply = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            page = Page(
                request.full_url, reply.status, reply.headers, reply.read().decode(errors="replace")
            )
        self.pages.append(page)
        return page


def query_of(url: str) -> dict[str, str]:
    """The parameters of a URL, each of which stands there once."""
    pairs = urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True)
    query = dict(pairs)
    assert len(query) == len(pairs), f"a parameter stands twice: {url}"
    return query


def at_demo(user: str, decision: str = "allow") -> Answer:
    """Logs in at the demo provider where it asks, and allows or denies what it asks."""
    def answer(_: Page, form: Form) -> dict[str, str] | None:
        match form.path:
            case "/login":
                return {"username": user, "password": PASSWORD}
            case "/consent":
                return {"decision": decision}
        return None

    return answer
