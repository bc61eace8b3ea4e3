"""`oidc-provider` as token endpoint, on both engines: clients that prove themselves by secret in
the header, by secret in the form and by a signature, and what becomes of its refusals."""

import sys
from pathlib import Path

from botocore.exceptions import ClientError

sys.path.insert(0, str(Path(__file__).parent.parent))
from authorization_server import AuthorizationServer, parts
from oauth2_clients import SECRET, Told, provider, register, signing_key, with_key, with_secret
from service import Service, each, refused

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Agent:
    """An agent that acts for itself."""

    def __init__(self, service: Service) -> None:
        self.control = service.client("bedrock-agentcore-control")
        self.data = service.client("bedrock-agentcore")
        self.control.create_workload_identity(name="machine")
        token = self.data.get_workload_access_token(workloadName="machine")
        self.token = token["workloadAccessToken"]

    def knows(self, name: str, told: Told) -> None:
        self.control.create_oauth2_credential_provider(name=name, **told)

    def asked(self, provider: str, **more) -> dict:
        return {
            "workloadIdentityToken": self.token, "resourceCredentialProviderName": provider,
            "scopes": ["read"], "oauth2Flow": "M2M", **more,
        }

    def gets(self, provider: str, **more) -> str:
        return self.data.get_resource_oauth2_token(**self.asked(provider, **more))["accessToken"]

    def is_refused(self, code: str, provider: str, **more) -> str:
        call = self.data.get_resource_oauth2_token
        return refused(code, call, **self.asked(provider, **more))


def every_way_to_prove_a_client(
    agent: Agent, server: AuthorizationServer, clients: dict[str, Told]
) -> None:
    for client, told in clients.items():
        for discovered in (True, False):
            name = f"{client}-{discovered}"
            agent.knows(name, provider(server, client, told, discovered=discovered))
            token = agent.gets(name)
            # What is kept is given again, and nobody is asked.
            assert agent.gets(name) == token
            [first] = server.requests()
            # Another one is got when the resource refused the first.
            assert agent.gets(name, forceAuthentication=True) != token
            [second] = server.requests()
            form = first["form"]
            assert (form["grant_type"], form["scope"]) == ("client_credentials", "read"), form
            assert (first["scheme"] == "Basic") is (client == "by-basic"), first
            assert (form.get("client_secret") == SECRET) is (client == "by-post"), first
            if client in ("by-basic", "by-post"):
                continue
            assertions = [request["form"]["client_assertion"] for request in (first, second)]
            is_assertion(server, client, assertions[0])
            # No assertion is sent twice.
            assert len({parts(assertion)[1]["jti"] for assertion in assertions}) == 2
            assert form["client_assertion_type"] == ASSERTION, form


def is_assertion(server: AuthorizationServer, client: str, assertion: str) -> None:
    """RFC 7523 §3: by the client, for the issuer alone, for a short while."""
    header, claims = parts(assertion)
    assert f"by-{header['alg'].lower()}" == client, header
    assert claims["iss"] == claims["sub"] == client, claims
    assert claims["aud"] == server.issuer and claims["exp"] - claims["iat"] <= 60, claims


def resource_and_audience(agent: Agent, server: AuthorizationServer) -> None:
    for algorithm in ("ES256", "RS256", "EdDSA"):
        resource = f"https://{algorithm.lower()}.example"
        asked = {"resources": [resource], "audiences": ["an audience"]}
        token = agent.gets("by-basic-True", scopes=["read", "write"], **asked)
        header, claims = parts(token)
        assert (header["alg"], header["typ"]) == (algorithm, "at+jwt"), header
        assert claims["aud"] == resource and claims["audience_asked"] == "an audience", claims
        assert sorted(claims["scope"].split()) == ["read", "write"], claims
        # For what it was asked, and for nothing else.
        assert agent.gets("by-basic-True", scopes=["read", "write"], **asked) == token
        assert agent.gets("by-basic-True", scopes=["read"], **asked) != token
    message = agent.is_refused(
        "ValidationException", "by-basic-True", resources=["https://elsewhere.example"]
    )
    assert "invalid_target" in message, message
    # This server leaves out what it does not know. An agent gets all that it asked for.
    message = agent.is_refused("ValidationException", "by-basic-True", scopes=["read", "admin"])
    assert "fewer scopes" in message, message
    server.requests()


def more_in_an_assertion(agent: Agent, server: AuthorizationServer, told: Told) -> None:
    signs = {
        **told["privateKeyJwtConfig"],
        "additionalHeaderClaims": {"team": "in the header"},
        "additionalPayloadClaims": {"team": "in the claims"},
    }
    told = {**told, "privateKeyJwtConfig": signs}
    agent.knows("more", provider(server, "by-rs256", told))
    assert agent.gets("more")
    [request] = server.requests()
    header, claims = parts(request["form"]["client_assertion"])
    assert (header["team"], claims["team"]) == ("in the header", "in the claims"), (header, claims)


def refusals(agent: Agent, server: AuthorizationServer, service: Service) -> None:
    wrong = "not the secret of this client, and never shown"
    clients = {
        "by-basic": with_secret("basic", wrong),
        "by-post": with_secret("post", wrong),
        "by-es256": with_key(signing_key(service, "ES256")),
    }
    for client, told in clients.items():
        agent.knows(f"wrong-{client}", provider(server, client, told))
        message = agent.is_refused("ValidationException", f"wrong-{client}")
        assert "invalid_client" in message and wrong not in message, message
    # The secret that is right from now on is used.
    changed = provider(server, "by-basic", with_secret("basic"))
    agent.control.update_oauth2_credential_provider(name="wrong-by-basic", **changed)
    assert agent.gets("wrong-by-basic")
    server.requests()


def stopped(agent: Agent) -> None:
    """What is kept is still given; what would have to be asked for can be tried again later."""
    assert agent.gets("by-basic-True")
    try:
        agent.gets("by-basic-True", forceAuthentication=True)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ThrottlingException", error
        # boto3 knows that it is worth another try, and made some.
        assert error.response["ResponseMetadata"]["RetryAttempts"] > 0, error.response
    else:
        raise AssertionError("ThrottlingException expected")


def main() -> None:
    for engine, service in each():
        with AuthorizationServer() as server:
            agent = Agent(service)
            clients = register(service, server)
            every_way_to_prove_a_client(agent, server, clients)
            more_in_an_assertion(agent, server, clients["by-rs256"])
            resource_and_audience(agent, server)
            refusals(agent, server, service)
        stopped(agent)
        tail = service.cli("audit", "tail", "-n", "200").stdout
        assert "released to machine" in tail and SECRET not in tail, tail
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
        print(f"oidc-provider as token endpoint on {engine}: ok")


if __name__ == "__main__":
    main()
