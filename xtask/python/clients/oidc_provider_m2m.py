"""`oidc-provider` as token endpoint, on both engines: clients that prove themselves by secret in the
header, by secret in the form and by a signature, and what becomes of the endpoint's refusals."""

import json
import sys
from pathlib import Path

from botocore.exceptions import ClientError

sys.path.insert(0, str(Path(__file__).parent.parent))
from authorization_server import AuthorizationServer, parts
from service import Service, each, refused

SECRET = "a secret of the checks: +/ %&= and forty letters long"
ACCOUNT = "000000000000"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def custom(server: AuthorizationServer, client: str, *, discovered: bool = True, **more) -> dict:
    """A provider of this server, which is known by its discovery document or by its metadata."""
    metadata = {
        "issuer": server.issuer,
        "authorizationEndpoint": server.authorization_endpoint,
        "tokenEndpoint": server.token_endpoint,
    }
    discovery = (
        {"discoveryUrl": server.discovery_url} if discovered
        else {"authorizationServerMetadata": metadata}
    )
    block = {"clientId": client, "oauthDiscovery": discovery, **more}
    return {
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": {"customOauth2ProviderConfig": block},
    }


class Agent:
    """An agent that acts for itself."""

    def __init__(self, service: Service) -> None:
        self.control = service.client("bedrock-agentcore-control")
        self.data = service.client("bedrock-agentcore")
        self.control.create_workload_identity(name="machine")
        token = self.data.get_workload_access_token(workloadName="machine")
        self.token = token["workloadAccessToken"]

    def provider(self, name: str, **provider) -> dict:
        return self.control.create_oauth2_credential_provider(name=name, **provider)

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


def signing_key(service: Service, algorithm: str) -> dict:
    made = service.cli(
        "signing-keys", "create", "--account", ACCOUNT, "--algorithm", algorithm,
        "--output", "json",
    )
    [key] = json.loads(made.stdout)
    assert all("d" not in public for public in key["jwks"]["keys"]), key
    return key


def by_secret(agent: Agent, server: AuthorizationServer) -> None:
    for method, discovered in [("BASIC", True), ("POST", True), ("BASIC", False), ("POST", False)]:
        name = f"{method}-{discovered}"
        told = {"clientSecret": SECRET, "clientAuthenticationMethod": f"CLIENT_SECRET_{method}"}
        client = f"by-{method.lower()}"
        agent.provider(name, **custom(server, client, discovered=discovered, **told))
        token = agent.gets(name)
        # What is kept is given again, and nobody is asked.
        assert agent.gets(name) == token
        [request] = server.requests()
        form, in_form = request["form"], method == "POST"
        assert (request["scheme"] == "Basic") is not in_form, request
        assert (form.get("client_secret") == SECRET) is in_form, request
        assert (form["grant_type"], form["scope"]) == ("client_credentials", "read"), form
        # Another one is got when the resource refused the first.
        assert agent.gets(name, forceAuthentication=True) != token
        assert len(server.requests()) == 1


def by_signature(agent: Agent, server: AuthorizationServer, keys: dict[str, dict]) -> None:
    for algorithm, key in keys.items():
        source = {"kmsKeySource": {"kmsKeyArn": key["arn"]}}
        for discovered in (True, False):
            name = f"{algorithm}-{discovered}"
            told = {
                "clientAuthenticationMethod": "PRIVATE_KEY_JWT",
                "privateKeyJwtConfig": {
                    "privateKeySource": source, "signingAlgorithm": algorithm,
                },
            }
            client = f"by-{algorithm.lower()}"
            agent.provider(name, **custom(server, client, discovered=discovered, **told))
            assert agent.gets(name)
            [request] = server.requests()
            assert request["form"]["client_assertion_type"] == ASSERTION, request
            header, claims = parts(request["form"]["client_assertion"])
            assert header["alg"] == algorithm, header
            assert claims["iss"] == claims["sub"] == client, claims
            assert claims["aud"] == server.issuer and claims["exp"] - claims["iat"] <= 60, claims


def resource_and_audience(agent: Agent, server: AuthorizationServer) -> None:
    for algorithm in ("ES256", "RS256", "EdDSA"):
        resource = f"https://{algorithm.lower()}.example"
        asked = {"resources": [resource], "audiences": ["an audience"]}
        token = agent.gets("BASIC-True", scopes=["read", "write"], **asked)
        header, claims = parts(token)
        assert (header["alg"], header["typ"]) == (algorithm, "at+jwt"), header
        assert claims["aud"] == resource and claims["audience_asked"] == "an audience", claims
        assert sorted(claims["scope"].split()) == ["read", "write"], claims
        # For what it was asked, and for nothing else.
        assert agent.gets("BASIC-True", scopes=["read", "write"], **asked) == token
        assert agent.gets("BASIC-True", scopes=["read"], **asked) != token
    message = agent.is_refused(
        "ValidationException", "BASIC-True", resources=["https://elsewhere.example"]
    )
    assert "invalid_target" in message, message
    server.requests()


def refusals(agent: Agent, server: AuthorizationServer) -> None:
    wrong = "not the secret of this client, and never shown"
    for method in ("BASIC", "POST"):
        told = {"clientSecret": wrong, "clientAuthenticationMethod": f"CLIENT_SECRET_{method}"}
        agent.provider(f"wrong-{method}", **custom(server, f"by-{method.lower()}", **told))
        message = agent.is_refused("ValidationException", f"wrong-{method}")
        assert "invalid_client" in message and wrong not in message, message
    # The secret that is right from now on is used.
    told = {"clientSecret": SECRET, "clientAuthenticationMethod": "CLIENT_SECRET_BASIC"}
    changed = custom(server, "by-basic", **told)
    agent.control.update_oauth2_credential_provider(name="wrong-BASIC", **changed)
    assert agent.gets("wrong-BASIC")
    server.requests()


def stopped(agent: Agent) -> None:
    """What is kept is still given; what would have to be asked for can be tried again later."""
    assert agent.gets("BASIC-True")
    try:
        agent.gets("BASIC-True", forceAuthentication=True)
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
            keys = {
                algorithm: signing_key(service, algorithm)
                for algorithm in ("ES256", "RS256", "PS256")
            }
            server.clients(
                {
                    "client_id": "by-basic", "client_secret": SECRET,
                    "token_endpoint_auth_method": "client_secret_basic",
                },
                {
                    "client_id": "by-post", "client_secret": SECRET,
                    "token_endpoint_auth_method": "client_secret_post",
                },
                *(
                    {
                        "client_id": f"by-{algorithm.lower()}",
                        "token_endpoint_auth_method": "private_key_jwt",
                        "token_endpoint_auth_signing_alg": algorithm, "jwks": key["jwks"],
                    }
                    for algorithm, key in keys.items()
                ),
            )
            by_secret(agent, server)
            by_signature(agent, server, keys)
            resource_and_audience(agent, server)
            refusals(agent, server)
        stopped(agent)
        tail = service.cli("audit", "tail", "-n", "200").stdout
        assert "released to machine" in tail and SECRET not in tail, tail
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
        print(f"oidc-provider as token endpoint on {engine}: ok")


if __name__ == "__main__":
    main()
