"""A customer's application for a check: it signs users in, is where they come back to from a
provider, and says who came back."""

import html
import secrets
import threading
import urllib.request
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from browser import Browser, query_of

COOKIE = "app_session"


class Application:
    """A running application. Who its users are, their tokens of the demo provider say."""

    def __init__(self, data: BaseClient, issuer: str) -> None:
        self.data = data
        self.issuer = issuer
        self.users: dict[str, str] = {}
        # What the agent was given as `customState`: for whom.
        self.states: dict[str, str] = {}
        # The queries with which users came back.
        self.returns: list[dict[str, str]] = []
        application = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                application.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.return_url = f"{self.url}/linked?tab=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> "Application":
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def signed_in(self, user: str) -> Browser:
        """A browser of a user who signed in here. How is not what the checks are about."""
        browser = Browser()
        page = browser.get(f"{self.url}/sign-in?user={user}")
        assert page.status == 200, page
        return browser

    def new_state(self, user: str) -> str:
        """What only this user can come back with."""
        state = secrets.token_urlsafe(24)
        self.states[state] = user
        return state

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        query = query_of(request.path)
        match urlsplit(request.path).path:
            case "/sign-in":
                session = secrets.token_urlsafe(24)
                self.users[session] = query["user"]
                cookie = f"{COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax"
                self.say(request, 200, "signed in", ("Set-Cookie", cookie))
            case "/linked":
                self.returns.append(query)
                self.say(request, *self.came_back(request, query))
            case _:
                self.say(request, 404, "there is no such page")

    def came_back(self, request: BaseHTTPRequestHandler, query: dict[str, str]) -> tuple[int, str]:
        """Ends the session of the user who is signed in, if this is where it began."""
        session = SimpleCookie(request.headers.get("Cookie", "")).get(COOKIE)
        user = session and self.users.get(session.value)
        if user is None:
            return 401, "sign in first"
        if "error" in query:
            return 200, f"not linked: {query['error']}"
        # Less than an application should look at: it does not ask whether this user was given the
        # state. What the service makes of another user is what the checks want to see.
        if query.get("state") not in self.states:
            return 403, "this did not begin here"
        try:
            self.data.complete_resource_token_auth(
                sessionUri=query["session_id"],
                userIdentifier={"userToken": user_token(self.issuer, user)},
            )
        except ClientError as error:
            told = error.response["Error"]
            return 403, f"{told['Code']}: {told['Message']}"
        return 200, f"linked for {user}"

    def say(self, request: BaseHTTPRequestHandler, status: int, text: str, *headers) -> None:
        body = f"<!doctype html><title>The application</title><p>{html.escape(text)}</p>".encode()
        request.send_response(status)
        for name, value in (("Content-Type", "text/html; charset=utf-8"), *headers):
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


def user_token(issuer: str, user: str) -> str:
    """A token by which the demo provider proves a user."""
    with urllib.request.urlopen(f"{issuer}/users/{user}/token") as reply:
        return reply.read().decode().strip()
