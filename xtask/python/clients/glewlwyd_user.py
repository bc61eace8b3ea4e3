"""Agents with the SDK's own decorator act for users at `glewlwyd`, on both engines, side by side:
its login and consent, PKCE, scopes that grow, and refresh tokens that are good once. What it wants
to be told it says in its discovery document, and nothing here tells more.
"""

import json
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from botocore.exceptions import ClientError

sys.path.insert(0, str(Path(__file__).parent.parent))
from application import Application
from authorization_server import parts
from browser import Browser, query_of
from delegation import Delegate, demo_issuer
from glewlwyd import Glewlwyd, OpenidProvider
from oauth2_clients import ACCOUNT, provider, with_secret
from service import Service, engines, running

# It reads the header as it stands, and does not decode it (RFC 6749 §2.3.1 has it encoded).
SECRET = "a-secret-of-the-checks-and-thirty-letters"
LONG_S = 3600
# How long tokens live that are to be renewed.
SHORT_S = 5
# So many ask for the same token at once, the SDK beside them.
ASKERS = 8
PATIENCE_S = 30

AGENT = textwrap.dedent(
    """
    import asyncio, json, sys
    from bedrock_agentcore.identity.auth import requires_access_token
    from bedrock_agentcore.runtime import BedrockAgentCoreContext

    hosted = json.loads(sys.stdin.readline())
    BedrockAgentCoreContext.set_workload_access_token(hosted["token"])

    def say(**what):
        print(json.dumps(what), flush=True)

    async def shown(url):
        say(url=url)

    def agent(function, on_auth_url, asked):
        return requires_access_token(
            provider_name=hosted["provider"], auth_flow="USER_FEDERATION",
            on_auth_url=on_auth_url, callback_url=hosted["callback_url"],
            custom_state=hosted["state"], **asked,
        )(function)

    async def asynchronous(*, access_token):
        return access_token

    def synchronous(*, access_token):
        return access_token

    for line in sys.stdin:
        asked = json.loads(line)
        if hosted["kind"] == "async":
            say(token=asyncio.run(agent(asynchronous, shown, asked)()))
        else:
            say(token=agent(synchronous, lambda url: say(url=url), asked)())
    """
)


class Stage:
    """Two providers of one server: tokens of one live long, those of the other are renewed."""

    def __init__(self, service: Service, server: Glewlwyd, application: Application) -> None:
        self.service = service
        self.server = server
        self.application = application
        server.add_scopes("read", "write")
        for user in ("alice", "bob"):
            server.add_user(at_provider(user), "openid", "read", "write")
        control = service.client("bedrock-agentcore-control")
        self.providers: dict[str, OpenidProvider] = {}
        for name, life_s, method in (("long", LONG_S, "basic"), ("short", SHORT_S, "post")):
            self.providers[name] = known = server.add_provider(name, life_s)
            told = provider(known, name, with_secret(method, SECRET))
            made = control.create_oauth2_credential_provider(name=name, **told)
            server.add_client(name, SECRET, made["callbackUrl"])
        urls = [application.return_url]
        control.create_workload_identity(name="agent", allowedResourceOauth2ReturnUrls=urls)

    def whose(self, name: str, token: str) -> tuple[str, list[str]]:
        """Who a token is of, and for what, as the one says who gave it."""
        said = self.introspected(name, token)
        assert said["active"] and said["client_id"] == name, said
        return said["username"], sorted(said["scope"].split())

    def introspected(self, name: str, token: str) -> dict:
        return self.providers[name].introspected(name, SECRET, token)


class Agent:
    """An agent of the SDK in a process of its own, and the user for whom it acts."""

    def __init__(self, stage: Stage, kind: str, user: str, name: str) -> None:
        self.stage = stage
        self.user = user
        self.name = name
        # With which scopes the user was sent to the provider.
        self.asked: list[list[str]] = []
        application, service = stage.application, stage.service
        self.delegate = Delegate(service, "agent", user, application.return_url, name)
        self.process = subprocess.Popen(
            [sys.executable, "-c", AGENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env=service.environment(), cwd=service.directory,
        )
        self.tell({
            "kind": kind, "token": self.delegate.token, "provider": name,
            "callback_url": application.return_url, "state": application.new_state(user),
        })

    def __enter__(self) -> "Agent":
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        if failed:
            # It may wait for a user, for ten minutes.
            self.process.kill()
        self.process.stdin.close()
        status = self.process.wait(timeout=60)
        assert failed or status == 0, f"the agent of {self.user} ended with {status}"

    def tell(self, what: dict) -> None:
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def gets(self, *scopes: str) -> str:
        """What the decorator gives. The user opens the link, if it shows one."""
        self.tell({"scopes": scopes})
        while True:
            line = self.process.stdout.readline()
            assert line, f"the agent of {self.user} ended"
            heard = json.loads(line)
            if "token" in heard:
                return heard["token"]
            self.consents(heard["url"])

    def is_let(self, *scopes: str, **more: object) -> str:
        """What comes of a consent that nobody has to wait for."""
        state = self.stage.application.new_state(self.user)
        begun = self.delegate.begins(*scopes, customState=state, **more)
        self.consents(begun.url)
        return self.delegate.ends(begun)

    def consents(self, url: str) -> None:
        """The user goes all the way. At the provider the user has another name."""
        stage = self.stage
        browser = stage.application.signed_in(self.user)
        page = browser.go(url)
        request = authorization_request(stage.providers[self.name], browser)
        assert request["code_challenge_method"] == "S256", request
        asked = request["scope"].split()
        page = stage.server.consents(browser, page, at_provider(self.user), *asked)
        assert page.status == 200 and f"linked for {self.user}" in page.text, page
        self.asked.append(sorted(asked))

    def connection(self) -> dict:
        """What the service says of what it keeps for this agent."""
        done = self.stage.service.cli(
            "connections", "list", "--account", ACCOUNT, "--provider", self.name,
            "--output", "json",
        )
        [listed] = json.loads(done.stdout)
        return listed


def at_provider(user: str) -> str:
    return f"{user}-of-glewlwyd"


def authorization_request(known: OpenidProvider, browser: Browser) -> dict[str, str]:
    """What a browser was last sent to the provider with."""
    endpoint = f"{known.authorization_endpoint}?"
    return query_of([page.url for page in browser.pages if page.url.startswith(endpoint)][-1])


def scopes_grow(stage: Stage) -> list[str]:
    """An asynchronous agent gets a token, and one for more, by the consent to all of it."""
    known, user = stage.providers["long"], at_provider("alice")
    with Agent(stage, "async", "alice", "long") as agent:
        first = agent.gets("read")
        assert stage.whose("long", first) == (user, ["read"])
        [redeemed] = known.requests()
        form = redeemed["form"]
        assert (form["grant_type"], redeemed["status"]) == ("authorization_code", 200), redeemed
        # The server refuses who has no verifier.
        assert redeemed["scheme"] == "Basic" and len(form["code_verifier"]) >= 43, redeemed
        assert agent.gets("read") == first
        grown = agent.gets("write")
        assert grown != first and stage.whose("long", grown) == (user, ["read", "write"])
        for scopes in (["read"], ["write"], ["read", "write"]):
            assert agent.gets(*scopes) == grown, scopes
        assert agent.asked == [["read"], ["read", "write"]], agent.asked
        [redeemed] = known.requests()
        assert redeemed["form"]["grant_type"] == "authorization_code", redeemed
        kept = agent.connection()
        assert kept["granted_scopes"] == ["read", "write"] and kept["has_refresh_token"], kept
        tokens = [first, grown, the_account_is_known(agent)]
    return tokens


def the_account_is_known(agent: Agent) -> str:
    """Who asks for OpenID Connect's scope has an ID token, and the service knows whose it is."""
    known, service = agent.stage.providers[agent.name], agent.stage.service
    token = agent.is_let("openid")
    assert agent.asked[-1] == ["openid", "read", "write"], agent.asked
    [redeemed] = known.requests()
    assert redeemed["status"] == 200, redeemed
    shown = service.cli(
        "connections", "inspect", agent.connection()["id"], "--account", ACCOUNT,
        "--output", "json",
    )
    shown = json.loads(shown.stdout)
    account = {"iss": known.issuer, "sub": parts(token)[1]["sub"]}
    assert shown["provider"]["account"] == account, shown["provider"]
    return token


def tokens_are_renewed(stage: Stage) -> list[str]:
    """A synchronous agent has tokens for seconds, by refresh tokens that are good once."""
    known = stage.providers["short"]
    tokens, used = [], []
    with Agent(stage, "sync", "bob", "short") as agent, ThreadPoolExecutor(ASKERS) as pool:
        tokens.append(agent.gets("read"))
        redeemed = known.requests()[0]
        assert redeemed["scheme"] == "" and redeemed["form"]["client_secret"] == SECRET, redeemed
        # The SDK asks after 5 seconds, when the first token has been renewed, or is about to be: it
        # takes a new one to know what will come.
        tokens.append(agent.is_let("read", forceAuthentication=True))
        known.requests()
        while len(used) < 2:
            waits_until_over(stage, tokens[-1])
            # Many ask, one goes, and no user.
            asking = [pool.submit(agent.delegate.gets, "read") for _ in range(ASKERS)]
            token = agent.gets("read")
            assert {one.result() for one in asking} == {token} and token not in tokens
            [renewed] = known.requests()
            assert renewed["status"] == 200, renewed
            assert renewed["form"]["grant_type"] == "refresh_token", renewed
            tokens.append(token)
            used.append(renewed["form"]["refresh_token"])
        assert len(set(used)) == 2, "the server has rotated the refresh token, and the old one went"
        assert agent.asked == [["read"]] * 2, agent.asked
        tokens.append(a_broken_chain_is_asked_for_again(stage, agent, used[0]))
        # They may be over by now, so that they are read and not asked about.
        said = [parts(token)[1] for token in tokens]
        told = {(one["client_id"], one["scope"], one["sub"]) for one in said}
        assert len(told) == 1 and ("short", "read") == told.pop()[:2], said
    return [*tokens, *used]


def a_broken_chain_is_asked_for_again(stage: Stage, agent: Agent, used: str) -> str:
    """The server ends what came of a refresh token that comes twice (RFC 9700 §4.14.2)."""
    known = stage.providers["short"]
    form = {"grant_type": "refresh_token", "refresh_token": used}
    assert known.asks_by_itself("short", SECRET, **form) == 400
    known.requests()
    # Who has to renew learns of it: until then there is a token to give.
    deadline = time.monotonic() + PATIENCE_S
    while is_given(agent.delegate, "read"):
        assert time.monotonic() < deadline, "the token is given although it is over"
        time.sleep(0.25)
    refused = known.requests()
    assert [one["status"] for one in refused] == [400], refused
    # It refuses without a word of why (RFC 6749 §5.2 has one), which may be the client's fault: who
    # wants the user to be asked all the same says so.
    token = agent.is_let("read", forceAuthentication=True)
    assert agent.asked == [["read"]] * 3, agent.asked
    redeemed = known.requests()[0]
    assert redeemed["form"]["grant_type"] == "authorization_code", redeemed
    assert redeemed["status"] == 200, redeemed
    return token


def is_given(delegate: Delegate, *scopes: str) -> bool:
    """Whether there is a token; there is none while the provider does not renew it."""
    try:
        return "accessToken" in delegate.asks(*scopes)
    except ClientError as error:
        # Who asked when it refused is told what it said, who asks after that when to ask again.
        told = error.response["Error"]
        is_refused = told["Code"] == "ValidationException" and "(status 400)" in told["Message"]
        assert is_refused or told["Code"] == "ThrottlingException", error
        return False


def waits_until_over(stage: Stage, token: str) -> None:
    """Until nobody takes it for live. The server counts whole seconds, the service from when it had
    it, which is less than a second later."""
    ends_at = parts(token)[1]["exp"] + 1
    deadline = time.monotonic() + PATIENCE_S
    while time.time() < ends_at or stage.introspected("short", token)["active"]:
        assert time.monotonic() < deadline, "the token does not end"
        time.sleep(0.1)


def run(engine: str, store: str | None) -> str:
    with running(store) as service:
        data = service.client("bedrock-agentcore")
        with (
            Glewlwyd() as server,
            Application(data, demo_issuer(service)) as application,
            ThreadPoolExecutor() as pool,
        ):
            stage = Stage(service, server, application)
            both = [pool.submit(check, stage) for check in (scopes_grow, tokens_are_renewed)]
            tokens = [token for one in both for token in one.result()]
        tail = service.cli("audit", "tail", "-n", "200").stdout
        for secret in (*tokens, SECRET, "alice", "bob"):
            assert secret not in tail, tail
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
    return f"@requires_access_token at glewlwyd on {engine}: ok; {verified.strip()}"


def main() -> None:
    found = engines()
    with ThreadPoolExecutor(len(found)) as pool:
        for told in pool.map(lambda one: run(*one), found):
            print(told)


if __name__ == "__main__":
    main()
