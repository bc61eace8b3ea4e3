"""The stage of a check with browsers: an agent of two users, and a provider that counts the codes
that are redeemed."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from chromium import Chromium, HostilePages, Person
from delegation import Begun, Delegate, ask_api, demo_issuer
from service import Service

PROVIDER = "counted"


class CountingTokenEndpoint:
    """Stands before the token endpoint of the demo provider, and counts the codes that come."""

    def __init__(self, issuer: str) -> None:
        self.codes = 0
        counting = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if b"grant_type=authorization_code" in body:
                    counting.codes += 1
                names = ("Content-Type", "Authorization", "Accept")
                headers = {name: self.headers[name] for name in names if name in self.headers}
                try:
                    reply = urllib.request.urlopen(
                        urllib.request.Request(f"{issuer}/token", data=body, headers=headers)
                    )
                except urllib.error.HTTPError as error:
                    reply = error
                with reply:
                    answer = reply.read()
                    self.send_response(reply.status)
                    self.send_header("Content-Type", reply.headers["Content-Type"])
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Stage:
    """An agent of two users, whose provider is the demo's with its codes counted."""

    def __init__(self, service: Service, browser: Chromium, hostile: HostilePages) -> None:
        self.service = service
        self.browser = browser
        self.hostile = hostile
        self.issuer = demo_issuer(service)
        self.endpoint = CountingTokenEndpoint(self.issuer)
        control = service.client("bedrock-agentcore-control")
        control.create_workload_identity(name="agent")
        metadata = {
            "issuer": self.issuer, "authorizationEndpoint": f"{self.issuer}/authorize",
            "tokenEndpoint": self.endpoint.url,
        }
        block = {
            "clientId": "demo-client", "clientSecret": "demo-secret",
            "oauthDiscovery": {"authorizationServerMetadata": metadata},
        }
        control.create_oauth2_credential_provider(
            name=PROVIDER, credentialProviderVendor="CustomOauth2",
            oauth2ProviderConfigInput={"customOauth2ProviderConfig": block},
        )
        self.alice = Delegate(service, "agent", "alice", None, PROVIDER)
        self.bob = Delegate(service, "agent", "bob", None, PROVIDER)

    def begins(self, delegate: Delegate) -> Begun:
        """A session, whatever the user consented to before."""
        return delegate.begins("read", forceAuthentication=True)

    def person(self, user: str, **how: object) -> AbstractContextManager[Person]:
        return self.browser.person(user, **how)

    @contextmanager
    def redeems(self, codes: int) -> Iterator[None]:
        """Sees that so many codes come to the provider meanwhile."""
        before = self.endpoint.codes
        yield
        assert self.endpoint.codes - before == codes, (self.endpoint.codes, before, codes)

    @contextmanager
    def changes_nothing(self, delegate: Delegate, begun: Begun) -> Iterator[None]:
        """Sees that a session goes on waiting, and that nothing of it is redeemed."""
        with self.redeems(0):
            yield
        assert delegate.is_waiting(begun)

    def is_allowed(self, delegate: Delegate, begun: Begun, user: str) -> None:
        """The agent has a token, and it is this user's."""
        seen = ask_api(f"{self.issuer}/api/whoami", delegate.ends(begun))
        assert seen["user"] == user, seen
