"""`oidc-provider` as the third party at which users let an agent act, on both engines: its login and
consent pages, PKCE, refresh tokens, and scopes that grow."""

import base64
import json
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from application import Application
from authorization_server import AuthorizationServer, parts
from browser import Browser, Form, Page, query_of
from delegation import Begun, Delegate, ask_api, demo_issuer
from oauth2_clients import SECRET, provider, with_secret
from service import Service, each

CLIENT = "the-agents-client"
# It gives refresh tokens to who asks for them and for a page that says so.
OFFLINE = {"customParameters": {"prompt": "consent"}}


class Stage:
    """A credential provider that leads to `oidc-provider`, and an agent of two users."""

    def __init__(
        self, service: Service, server: AuthorizationServer, application: Application
    ) -> None:
        self.service = service
        self.server = server
        self.application = application
        control = service.client("bedrock-agentcore-control")
        told = provider(server, CLIENT, with_secret("basic"))
        made = control.create_oauth2_credential_provider(name="third-party", **told)
        self.callback_url = made["callbackUrl"]
        self.tokens_live()
        urls = [application.return_url]
        control.create_workload_identity(name="agent", allowedResourceOauth2ReturnUrls=urls)

    def tokens_live(self, **more: int) -> None:
        """Registers the client: where its users come back to, the service says."""
        self.server.clients({
            "client_id": CLIENT, "client_secret": SECRET,
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"], "redirect_uris": [self.callback_url],
        }, **more)

    def agent_of(self, user: str) -> Delegate:
        url = self.application.return_url
        return Delegate(self.service, "agent", user, url, "third-party")

    def asked(self, user: str) -> dict:
        return {"customState": self.application.new_state(user), **OFFLINE}

    def consents(self, begun: Begun, user: str) -> Browser:
        """The user goes all the way. At the third party the user has another name."""
        browser = self.application.signed_in(user)
        page = browser.go(begun.url, answer(f"{user} of the third party"))
        assert page.status == 200 and f"linked for {user}" in page.text, page
        return browser

    def introspected(self, token: str) -> dict:
        """What the server says of a token of its own (RFC 7662)."""
        credentials = f"{CLIENT}:{urllib.parse.quote_plus(SECRET)}".encode()
        request = urllib.request.Request(
            f"{self.server.token_endpoint}/introspection",
            data=urllib.parse.urlencode({"token": token}).encode(),
            headers={"Authorization": f"Basic {base64.b64encode(credentials).decode()}"},
        )
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def whose(self, token: str) -> tuple[str, list[str]]:
        said = self.introspected(token)
        assert said["active"] and said["client_id"] == CLIENT, said
        return said["sub"], sorted(said["scope"].split())


def answer(user: str, *, consents: bool = True) -> Callable[[Page, Form], dict | None]:
    """Fills in the login page and, who consents, confirms the page after it."""
    def fill(_: Page, form: Form) -> dict | None:
        if form.fields["prompt"] == "login":
            return {"login": user, "password": "any"}
        return {} if consents else None

    return fill


def authorization_request(stage: Stage, browser: Browser) -> dict[str, str]:
    """What a browser was last sent to the third party with."""
    endpoint = f"{stage.server.authorization_endpoint}?"
    return query_of([page.url for page in browser.pages if page.url.startswith(endpoint)][-1])


def consent_page(browser: Browser) -> str:
    return [page.text for page in browser.pages if 'value="consent"' in page.text][-1]


def a_user_lets_an_agent_act(stage: Stage) -> str:
    alice = stage.agent_of("alice")
    begun = alice.begins("openid", "offline_access", "read", **stage.asked("alice"))
    browser = stage.consents(begun, "alice")
    request = authorization_request(stage, browser)
    assert request["redirect_uri"] == stage.callback_url, request
    assert request["scope"] == "offline_access openid read", request
    assert (request["code_challenge_method"], request["prompt"]) == ("S256", "consent"), request
    [redeemed] = stage.server.requests()
    form = redeemed["form"]
    assert (form["grant_type"], redeemed["status"]) == ("authorization_code", 200), redeemed
    assert redeemed["scheme"] == "Basic" and len(form["code_verifier"]) >= 43, redeemed
    token = alice.ends(begun)
    expected = ["offline_access", "openid", "read"]
    assert stage.whose(token) == ("alice of the third party", expected)
    said = ask_api(f"{stage.server.issuer}/me", token)
    assert said == {"sub": "alice of the third party"}, said
    # It is there from now on, and nobody is asked.
    assert alice.gets("read") == stage.agent_of("alice").gets("openid", "read") == token
    assert stage.server.requests() == []
    return token


def the_scopes_grow_by_consent(stage: Stage, token: str) -> str:
    alice = stage.agent_of("alice")
    begun = alice.begins("write", **stage.asked("alice"))
    assert alice.gets("read") == token
    browser = stage.consents(begun, "alice")
    asked = authorization_request(stage, browser)["scope"].split()
    assert sorted(asked) == ["offline_access", "openid", "read", "write"], asked
    assert "<li>write</li>" in consent_page(browser), consent_page(browser)
    grown = alice.ends(begun)
    assert grown != token and stage.whose(grown)[1] == sorted(asked)
    for scopes in (["read"], ["write"], ["openid", "offline_access", "read", "write"]):
        assert alice.gets(*scopes) == grown, scopes
    stage.server.requests()
    return grown


def tokens_are_for_a_resource(stage: Stage) -> None:
    """RFC 8707: the resource is asked for at both endpoints, and the token is for it alone."""
    carol = stage.agent_of("carol")
    resource = "https://es256.example"
    begun = carol.begins("read", resources=[resource], **stage.asked("carol"))
    browser = stage.consents(begun, "carol")
    assert authorization_request(stage, browser)["resource"] == resource
    [redeemed] = stage.server.requests()
    assert redeemed["form"]["resource"] == resource, redeemed
    _, claims = parts(carol.ends(begun))
    assert (claims["aud"], claims["scope"]) == (resource, "read"), claims
    assert claims["sub"] == "carol of the third party", claims


def a_no_ends_the_session(stage: Stage) -> None:
    bob = stage.agent_of("bob")
    begun = bob.begins("read", **stage.asked("bob"))
    browser = stage.application.signed_in("bob")
    page = browser.go(begun.url, answer("bob of the third party", consents=False))
    assert page.forms and 'value="consent"' in page.text, page
    # The page's link that is no form.
    page = browser.go(f"{page.url}/abort")
    assert page.status == 200 and "not linked: access_denied" in page.text, page
    assert "did not consent" in bob.is_refused(begun)
    assert stage.server.requests() == []


def refresh_tokens(stage: Stage) -> None:
    """One is kept where the server gives one."""
    stage.tokens_live(token_life_s=20)
    dave = stage.agent_of("dave")
    begun = dave.begins("openid", "offline_access", "read", **stage.asked("dave"))
    stage.consents(begun, "dave")
    token = dave.ends(begun)
    said = stage.introspected(token)
    assert said["exp"] - said["iat"] == 20, said
    [redeemed] = stage.server.requests()
    assert redeemed["form"]["grant_type"] == "authorization_code", redeemed
    # The newest record of a consent: this one's.
    tail = stage.service.cli("audit", "tail", "-n", "200").stdout.splitlines()
    consents = [line for line in tail if "the user consented" in line]
    assert sum("with a refresh token" in line for line in consents) == 3, consents
    # Carol did not ask for one.
    assert len(consents) == 4, consents


def main() -> None:
    for engine, service in each():
        data = service.client("bedrock-agentcore")
        with (
            AuthorizationServer() as server,
            Application(data, demo_issuer(service)) as application,
        ):
            stage = Stage(service, server, application)
            first = a_user_lets_an_agent_act(stage)
            grown = the_scopes_grow_by_consent(stage, first)
            tokens_are_for_a_resource(stage)
            a_no_ends_the_session(stage)
            refresh_tokens(stage)
        tail = service.cli("audit", "tail", "-n", "200").stdout
        for secret in (first, grown, SECRET, "alice", "third party"):
            assert secret not in tail, tail
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
        print(f"oidc-provider for users on {engine}: ok; {verified.strip()}")


if __name__ == "__main__":
    main()
