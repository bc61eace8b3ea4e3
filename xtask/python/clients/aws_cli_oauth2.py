"""The AWS CLI of PyPI makes OAuth 2 providers and gets tokens of their clients: of the demo
provider and, for each way to prove a client, of `oidc-provider`. On both engines."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from authorization_server import AuthorizationServer, parts
from aws_cli import aws, run
from oauth2_clients import provider, register
from service import Service, each

CONTROL, DATA = "bedrock-agentcore-control", "bedrock-agentcore"


def create(service: Service, name: str, told: dict, verb: str = "create") -> dict:
    return aws(
        service, CONTROL, f"{verb}-oauth2-credential-provider", "--name", name,
        "--credential-provider-vendor", told["credentialProviderVendor"],
        "--oauth2-provider-config-input", json.dumps(told["oauth2ProviderConfigInput"]),
    )


def wanted(token: str, name: str, *more: str) -> tuple[str, ...]:
    return (
        DATA, "get-resource-oauth2-token", "--workload-identity-token", token,
        "--resource-credential-provider-name", name, "--scopes", "read", "write",
        "--oauth2-flow", "M2M", *more,
    )


def demo_provider(service: Service, token: str) -> None:
    demo = aws(service, CONTROL, "get-oauth2-credential-provider", "--name", "demo")
    [known] = demo["oauth2ProviderConfigOutput"].values()

    def told(secret: str) -> dict:
        discovery = known["oauthDiscovery"]
        block = {"clientId": "demo-client", "clientSecret": secret, "oauthDiscovery": discovery}
        config = {"customOauth2ProviderConfig": block}
        return {"credentialProviderVendor": "CustomOauth2", "oauth2ProviderConfigInput": config}

    made = create(service, "by-cli", told("demo-secret"))
    assert made["callbackUrl"] != demo["callbackUrl"] and "demo-secret" not in str(made), made
    first = aws(service, *wanted(token, "by-cli"))
    assert list(first) == ["accessToken"], first
    assert first == aws(service, *wanted(token, "by-cli")), first
    create(service, "by-cli", told("another-secret"), verb="update")
    # What was got as the client before is not given out any more.
    refused = run(service, *wanted(token, "by-cli"))
    assert refused.returncode != 0 and "ValidationException" in refused.stderr, refused
    assert "invalid_client" in refused.stderr, refused.stderr
    assert "another-secret" not in refused.stderr, refused.stderr
    listed = aws(service, CONTROL, "list-oauth2-credential-providers")["credentialProviders"]
    assert [item["name"] for item in listed] == ["by-cli", "demo"], listed
    aws(service, CONTROL, "delete-oauth2-credential-provider", "--name", "by-cli")


def oidc_provider(service: Service, token: str) -> None:
    with AuthorizationServer() as server:
        clients = register(service, server)
        # RS256 and PS256 differ from ES256 in nothing that the CLI sees.
        for client in ("by-basic", "by-post", "by-es256"):
            create(service, client, provider(server, client, clients[client]))
            # Given as an argument, a URL is what this CLI fetches, to send what it finds there.
            resource = "https://eddsa.example"
            more = "--cli-input-json", json.dumps({"resources": [resource]})
            got = aws(service, *wanted(token, client, *more))["accessToken"]
            _, claims = parts(got)
            assert claims["client_id"] == client and claims["aud"] == resource, claims


def main() -> None:
    for engine, service in each():
        aws(service, CONTROL, "create-workload-identity", "--name", "cli-agent")
        minted = aws(service, DATA, "get-workload-access-token", "--workload-name", "cli-agent")
        demo_provider(service, minted["workloadAccessToken"])
        oidc_provider(service, minted["workloadAccessToken"])
        print(f"aws cli with OAuth 2 on {engine}: ok")


if __name__ == "__main__":
    main()
