"""`oidc-provider` exchanges users' own tokens, on both engines: token exchange (RFC 8693) without an
actor, with the client and with the agent as actor, and the token as an assertion (RFC 7523). The
agent's identity token is verified by who gets it. Unmodified boto3, and the decorator of the SDK."""

import itertools
import json
import subprocess
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from authorization_server import JWT_BEARER, TOKEN_EXCHANGE, AuthorizationServer, parts
from oauth2_clients import SECRET, Told, provider, register, with_secret
from service import Service, each, refused

APP = {
    "client_id": "the-app", "client_secret": "a secret of the checks, forty letters long",
    "token_endpoint_auth_method": "client_secret_basic",
}
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
JWT = "urn:ietf:params:oauth:token-type:jwt"
ACTORS = {
    "NONE": {"actorTokenContent": "NONE"},
    "M2M": {"actorTokenContent": "M2M", "actorTokenScopes": ["write"]},
    "AWS_IAM_ID_TOKEN_JWT": {"actorTokenContent": "AWS_IAM_ID_TOKEN_JWT"},
}

SDK_AGENT = textwrap.dedent(
    """
    import asyncio, json, sys
    from bedrock_agentcore.identity.auth import requires_access_token
    from bedrock_agentcore.runtime import BedrockAgentCoreContext

    BedrockAgentCoreContext.set_workload_access_token(sys.argv[1])

    @requires_access_token(
        provider_name="by-basic-NONE-True", scopes=["read"],
        auth_flow="ON_BEHALF_OF_TOKEN_EXCHANGE",
    )
    async def act(*, access_token):
        return access_token

    print(json.dumps(asyncio.run(act())))
    """
)


def exchanging(told: Told, actor: str | None) -> Told:
    """The client, at a provider that exchanges with this actor, or by assertion."""
    by = {"grantType": "JWT_AUTHORIZATION_GRANT"}
    if actor:
        by = {"grantType": "TOKEN_EXCHANGE", "tokenExchangeGrantTypeConfig": ACTORS[actor]}
    return {**told, "onBehalfOfTokenExchangeConfig": by}


class Agent:
    """An agent whose users prove themselves by tokens of the very server that exchanges them."""

    def __init__(self, service: Service, server: AuthorizationServer) -> None:
        self.server = server
        self.control = service.client("bedrock-agentcore-control")
        self.data = service.client("bedrock-agentcore")
        self.control.create_workload_identity(name="agent")
        self.user_tokens: list[str] = []

    def token_for(self, user: str) -> str:
        """The agent's token for a user who proved who they are."""
        app = APP["client_id"], APP["client_secret"]
        self.user_tokens.append(self.server.user_token(*app, user, "ES256"))
        mint = self.data.get_workload_access_token_for_jwt
        minted = mint(workloadName="agent", userToken=self.user_tokens[-1])
        self.server.requests()
        return minted["workloadAccessToken"]

    def knows(self, name: str, told: Told) -> None:
        self.control.create_oauth2_credential_provider(name=name, **told)

    def asked(self, token: str, provider: str, **more) -> dict:
        return {
            "workloadIdentityToken": token, "resourceCredentialProviderName": provider,
            "scopes": ["read"], "oauth2Flow": "ON_BEHALF_OF_TOKEN_EXCHANGE", **more,
        }

    def gets(self, token: str, provider: str, **more) -> str:
        asked = self.asked(token, provider, **more)
        return self.data.get_resource_oauth2_token(**asked)["accessToken"]

    def is_refused(self, code: str, token: str, provider: str, **more) -> str:
        call = self.data.get_resource_oauth2_token
        message = refused(code, call, **self.asked(token, provider, **more))
        assert not any(user_token in message for user_token in self.user_tokens), message
        return message


def every_client_and_actor(agent: Agent, clients: dict[str, Told]) -> None:
    alice, bob = agent.token_for("alice"), agent.token_for("bob")
    for client, told in clients.items():
        for actor, discovered in itertools.product((*ACTORS, None), (True, False)):
            name = f"{client}-{actor or 'ASSERTION'}-{discovered}"
            told_so = exchanging(told, actor)
            agent.knows(name, provider(agent.server, client, told_so, discovered=discovered))
            for user, token in (("alice", alice), ("bob", bob)):
                _, claims = parts(agent.gets(token, name))
                assert (claims["sub"], claims["client_id"]) == (user, client), claims
                is_acting(agent, client, actor, claims)
                *before, request = agent.server.requests()
                form = request["form"]
                assert form["grant_type"] == (TOKEN_EXCHANGE if actor else JWT_BEARER), form
                sent = form["subject_token"] if actor else form["assertion"]
                assert parts(sent)[1]["sub"] == user, form
                assert (form.get("client_secret") == SECRET) is (client == "by-post"), form
                # The client asks for a token of its own first, if that is the actor's.
                asked = [one["form"]["grant_type"] for one in before]
                assert asked == (["client_credentials"] if actor == "M2M" else []), asked


def is_acting(agent: Agent, client: str, actor: str | None, claims: dict) -> None:
    """Who acts, as the server found it in the token of the actor."""
    act = claims.get("act")
    if actor == "M2M":
        assert act == {"sub": client, "scope": "write"}, claims
    elif actor == "AWS_IAM_ID_TOKEN_JWT":
        assert act["sub"].endswith(":role/procura/agents/agent"), claims
    else:
        assert act is None, claims


def what_is_asked_for(agent: Agent) -> None:
    alice = agent.token_for("alice")
    parameters = {"subject_token_type": ACCESS_TOKEN, "audience": "an audience"}
    more = {"resources": ["https://rs256.example"], "customParameters": parameters}
    header, claims = parts(agent.gets(alice, "by-basic-NONE-True", **more, scopes=["write"]))
    assert (header["alg"], claims["scope"]) == ("RS256", "write"), (header, claims)
    assert claims["aud"] == "https://rs256.example", claims
    assert claims["audience_asked"] == "an audience", claims
    [request] = agent.server.requests()
    assert request["form"]["subject_token_type"] == ACCESS_TOKEN, request
    # What is got is asked for each time: nothing is kept.
    first, second = (agent.gets(alice, "by-basic-NONE-True") for _ in range(2))
    assert first != second
    assert [one["form"]["subject_token_type"] for one in agent.server.requests()] == [JWT, JWT]


def what_is_refused(agent: Agent) -> None:
    alice, name = agent.token_for("alice"), "by-basic-NONE-True"
    mint = agent.data.get_workload_access_token_for_user_id
    asserted = mint(workloadName="agent", userId="alice")["workloadAccessToken"]
    nobody = agent.data.get_workload_access_token(workloadName="agent")["workloadAccessToken"]
    for token in (asserted, nobody):
        message = agent.is_refused("ValidationException", token, name)
        assert "GetWorkloadAccessTokenForJWT" in message, message
    for parameter in ("subject_token", "actor_token", "assertion", "grant_type", "client_id"):
        of_another = {parameter: agent.user_tokens[0]}
        agent.is_refused("ValidationException", alice, name, customParameters=of_another)
    assert agent.server.requests() == []
    message = agent.is_refused("ValidationException", alice, name, scopes=["read", "admin"])
    assert "fewer scopes" in message, message
    wrong = exchanging(with_secret("basic", "not the secret of this client"), "NONE")
    agent.knows("wrong", provider(agent.server, "by-basic", wrong))
    assert "invalid_client" in agent.is_refused("ValidationException", alice, "wrong")
    plain = provider(agent.server, "by-basic", with_secret("basic"))
    agent.knows("exchanges-nothing", plain)
    message = agent.is_refused("ValidationException", alice, "exchanges-nothing")
    assert "onBehalfOfTokenExchangeConfig" in message, message
    # The keys that signed the user's token are gone.
    agent.server.do("rotate")
    assert "invalid_grant" in agent.is_refused("ValidationException", alice, name)


def with_the_sdk(agent: Agent, service: Service) -> None:
    token = agent.token_for("carol")
    done = subprocess.run(
        [sys.executable, "-c", SDK_AGENT, token], check=True, stdout=subprocess.PIPE, text=True,
        env=service.environment(), cwd=service.directory,
    )
    _, claims = parts(json.loads(done.stdout.splitlines()[-1]))
    assert (claims["sub"], claims["scope"]) == ("carol", "read"), claims
    agent.server.requests()


def main() -> None:
    for engine, service in each():
        with AuthorizationServer() as server:
            clients = register(service, server, APP)
            agent = Agent(service, server)
            every_client_and_actor(agent, clients)
            what_is_asked_for(agent)
            with_the_sdk(agent, service)
            what_is_refused(agent)
        file = service.directory / "export.jsonl"
        service.cli("audit", "export", str(file))
        records = file.read_text()
        assert "sent to be exchanged for agent" in records and "released to agent" in records
        assert not any(token.split(".")[2] in records for token in agent.user_tokens)
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
        print(f"oidc-provider exchanges users' tokens on {engine}: ok")


if __name__ == "__main__":
    main()
