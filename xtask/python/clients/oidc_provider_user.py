"""`oidc-provider` as the third party at which users let an agent act, on both engines: its login and
consent pages, PKCE, refresh tokens, and scopes that grow."""

import base64
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from application import Application
from authorization_server import AuthorizationServer, parts
from browser import Browser, Form, Page, query_of
from delegation import Begun, Delegate, ask_api, demo_issuer
from oauth2_clients import SECRET, provider, with_secret
from service import Service, each

CLIENT = "the-agents-client"
# How long tokens live that are to be renewed.
LIFE_S = 10
# So many ask for the same token at once.
ASKERS = 8
PATIENCE_S = 30
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
        url = f"{self.server.token_endpoint}/introspection"
        with urllib.request.urlopen(self.posts(url, token=token)) as reply:
            return json.load(reply)

    def asks_by_itself(self, **form: str) -> int:
        """The status of a token request by somebody who has all that the client has."""
        try:
            with urllib.request.urlopen(self.posts(self.server.token_endpoint, **form)) as reply:
                return reply.status
        except urllib.error.HTTPError as error:
            return error.code

    def posts(self, url: str, **form: str) -> urllib.request.Request:
        """A request of the client, which proves itself."""
        credentials = f"{CLIENT}:{urllib.parse.quote_plus(SECRET)}".encode()
        return urllib.request.Request(
            url, data=urllib.parse.urlencode(form).encode(),
            headers={"Authorization": f"Basic {base64.b64encode(credentials).decode()}"},
        )

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


def tokens_are_renewed(stage: Stage) -> list[str]:
    """Access tokens that live for seconds, and refresh tokens that are good once."""
    stage.tokens_live(token_life_s=LIFE_S)
    dave = stage.agent_of("dave")
    begun = dave.begins("openid", "offline_access", "read", **stage.asked("dave"))
    stage.consents(begun, "dave")
    tokens = [dave.ends(begun)]
    stage.server.requests()
    used = []
    for _ in range(2):
        waits_until_over(stage, tokens[-1])
        # Many ask, one goes.
        with ThreadPoolExecutor(ASKERS) as pool:
            asking = [pool.submit(dave.gets, "read") for _ in range(ASKERS)]
            [token] = {one.result() for one in asking}
        [renewed] = stage.server.requests()
        assert (renewed["scheme"], renewed["status"]) == ("Basic", 200), renewed
        assert renewed["form"]["grant_type"] == "refresh_token", renewed
        assert token not in tokens
        expected = ["offline_access", "openid", "read"]
        assert stage.whose(token) == ("dave of the third party", expected)
        tokens.append(token)
        used.append(renewed["form"]["refresh_token"])
    assert len(set(used)) == 2, "the server has rotated the refresh token, and the old one was sent"
    what_is_revoked_is_asked_for_again(stage, dave, tokens[-1], used[0])
    return [*tokens, *used]


def what_is_revoked_is_asked_for_again(
    stage: Stage, dave: Delegate, token: str, used: str
) -> None:
    # A refresh token that comes twice ends all that came of its consent (RFC 9700 §4.14.2).
    status = stage.asks_by_itself(grant_type="refresh_token", refresh_token=used)
    assert status == 400, status
    stage.server.requests()
    assert not stage.introspected(token)["active"]
    # The service learns of it when it has to renew: until then it gives what it has.
    deadline = time.monotonic() + PATIENCE_S
    while "accessToken" in dave.asks("read"):
        assert time.monotonic() < deadline, "the token is given although it is over"
        time.sleep(0.5)
    refused = stage.server.requests()
    assert [one["status"] for one in refused] == [400], refused
    begun = dave.begins("read", **stage.asked("dave"))
    # Nobody tries the dead one again.
    assert stage.server.requests() == []
    stage.consents(begun, "dave")
    assert stage.whose(dave.ends(begun))[0] == "dave of the third party"


def waits_until_over(stage: Stage, token: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while stage.introspected(token)["active"]:
        assert time.monotonic() < deadline, "the server's token does not end"
        time.sleep(0.25)


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
            renewed = tokens_are_renewed(stage)
        tail = service.cli("audit", "tail", "-n", "200").stdout
        for secret in (first, grown, *renewed, SECRET, "alice", "third party"):
            assert secret not in tail, tail
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
        print(f"oidc-provider for users on {engine}: ok; {verified.strip()}")


if __name__ == "__main__":
    main()
