"""An unmodified boto3 administers OAuth 2 providers of several vendors, and an agent gets tokens of
the demo provider's client, on both engines."""

import json
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from botocore.client import BaseClient

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import Service, each, refused

SECRET = "a client secret of the checks"
ISSUER = "https://tenant.example"
ENDPOINTS = {
    "issuer": ISSUER,
    "authorizationEndpoint": f"{ISSUER}/authorize",
    "tokenEndpoint": f"{ISSUER}/token",
}


def told(vendor: str, block: str, **more) -> dict:
    """What Create and Update are told of a provider beside its name."""
    config = {"clientId": "the-client", "clientSecret": SECRET, **more}
    return {
        "credentialProviderVendor": vendor,
        "oauth2ProviderConfigInput": {f"{block}Oauth2ProviderConfig": config},
    }


# Nobody has to be there: endpoints are looked up when a token is wanted.
DISCOVERY = {"discoveryUrl": f"{ISSUER}/.well-known/openid-configuration"}
VENDORS = {
    "google": told("GoogleOauth2", "google"),
    "github": told("GithubOauth2", "github"),
    "microsoft": told("MicrosoftOauth2", "microsoft", tenantId="a-tenant"),
    "okta": told("OktaOauth2", "included", **ENDPOINTS),
    "custom-discovered": told("CustomOauth2", "custom", oauthDiscovery=DISCOVERY),
    "custom-given": told(
        "CustomOauth2", "custom", oauthDiscovery={"authorizationServerMetadata": ENDPOINTS},
        clientAuthenticationMethod="CLIENT_SECRET_POST",
    ),
}


def providers_of_vendors(control: BaseClient) -> None:
    callbacks = set()
    for name, provider in VENDORS.items():
        made = control.create_oauth2_credential_provider(name=name, **provider)
        assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
        read = control.get_oauth2_credential_provider(name=name)
        arn = f":token-vault/default/oauth2credentialprovider/{name}"
        for answer in (made, read):
            assert answer["credentialProviderArn"].endswith(arn), answer
            assert answer["clientSecretArn"]["secretArn"].startswith("arn:aws:secretsmanager:")
            assert (answer["name"], answer["status"]) == (name, "READY"), answer
            assert "/identities/oauth2/callback/" in answer["callbackUrl"], answer
            [(block, config)] = answer["oauth2ProviderConfigOutput"].items()
            assert [block] == list(provider["oauth2ProviderConfigInput"]), answer
            assert config["clientId"] == "the-client", config
            assert SECRET not in str(answer)
        assert made["callbackUrl"] == read["callbackUrl"]
        assert read["credentialProviderVendor"] == provider["credentialProviderVendor"]
        assert read["createdTime"] <= read["lastUpdatedTime"]
        callbacks.add(read["callbackUrl"])
    assert len(callbacks) == len(VENDORS)
    tenant = config_of(control, "microsoft")["oauthDiscovery"]["authorizationServerMetadata"]
    assert "/a-tenant/" in tenant["tokenEndpoint"], tenant
    for name in ("okta", "custom-given"):
        given = config_of(control, name)["oauthDiscovery"]["authorizationServerMetadata"]
        assert given == {**given, **ENDPOINTS}, given
    discovered = config_of(control, "custom-discovered")
    assert discovered["oauthDiscovery"] == DISCOVERY, discovered
    assert discovered["clientAuthenticationMethod"] == "CLIENT_SECRET_BASIC", discovered


def config_of(control: BaseClient, name: str) -> dict:
    output = control.get_oauth2_credential_provider(name=name)["oauth2ProviderConfigOutput"]
    [config] = output.values()
    return config


def what_cannot_be_is_refused(control: BaseClient) -> None:
    create = control.create_oauth2_credential_provider
    # Something else under the same name: what is signed the same is another refusal.
    refused("ConflictException", create, name="google", **VENDORS["github"])
    elsewhere = {**VENDORS["google"], "credentialProviderVendor": "GithubOauth2"}
    refused("ValidationException", create, name="elsewhere", **elsewhere)
    refused("ValidationException", create, name="nowhere", **told("OktaOauth2", "included"))
    abroad = told("GoogleOauth2", "google", clientSecretSource="EXTERNAL")
    refused("ValidationException", create, name="abroad", **abroad)
    refused("ResourceNotFoundException", control.get_oauth2_credential_provider, name="nobody")
    update = control.update_oauth2_credential_provider
    refused("ResourceNotFoundException", update, name="nobody", **VENDORS["google"])


def changes(control: BaseClient) -> None:
    before = control.get_oauth2_credential_provider(name="google")
    # All is replaced, but not where users come back to.
    control.update_oauth2_credential_provider(name="google", **VENDORS["okta"])
    after = control.get_oauth2_credential_provider(name="google")
    assert after["credentialProviderVendor"] == "OktaOauth2", after
    assert list(after["oauth2ProviderConfigOutput"]) == ["includedOauth2ProviderConfig"], after
    assert after["callbackUrl"] == before["callbackUrl"]
    assert after["lastUpdatedTime"] > before["lastUpdatedTime"]
    names, arguments = [], {"maxResults": 2}
    while True:
        page = control.list_oauth2_credential_providers(**arguments)
        names += [item["name"] for item in page["credentialProviders"]]
        if "nextToken" not in page:
            break
        arguments["nextToken"] = page["nextToken"]
    assert names == sorted([*VENDORS, "demo"]), names
    for name in VENDORS:
        control.delete_oauth2_credential_provider(name=name)
    refused("ResourceNotFoundException", control.get_oauth2_credential_provider, name="google")
    # A provider that is made again is another one. (The tag is there because the service takes no
    # signature of a change twice, and boto3 signs the same twice within a second.)
    anew = control.create_oauth2_credential_provider(
        name="google", tags={"made": "anew"}, **VENDORS["google"]
    )
    assert anew["callbackUrl"] != before["callbackUrl"]


class Agent:
    """An agent, alone and for a user."""

    def __init__(self, service: Service) -> None:
        self.control = service.client("bedrock-agentcore-control")
        self.data = service.client("bedrock-agentcore")
        discovery = config_of(self.control, "demo")["oauthDiscovery"]["discoveryUrl"]
        self.demo = discovery.removesuffix("/.well-known/openid-configuration")
        alone = self.data.get_workload_access_token(workloadName="agent-1")
        user = self.data.get_workload_access_token_for_user_id(
            workloadName="agent-1", userId="alice@example.com"
        )
        self.tokens = [answer["workloadAccessToken"] for answer in (alone, user)]

    def asked(self, *scopes: str, **more) -> dict:
        return {
            "workloadIdentityToken": self.tokens[0], "resourceCredentialProviderName": "demo",
            "scopes": list(scopes), "oauth2Flow": "M2M", **more,
        }

    def gets(self, *scopes: str, **more) -> str:
        return self.data.get_resource_oauth2_token(**self.asked(*scopes, **more))["accessToken"]

    def scopes_at_the_resource(self, token: str) -> list[str]:
        request = urllib.request.Request(
            f"{self.demo}/api/whoami", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request) as reply:
            return sorted(json.load(reply)["scopes"])


def tokens_of_the_demo_provider(agent: Agent) -> str:
    token = agent.gets("read")
    assert agent.scopes_at_the_resource(token) == ["read"]
    # Kept, and the client's own: whomever the agent acts for.
    for whose in agent.tokens:
        assert agent.gets("read", workloadIdentityToken=whose) == token
    both = agent.gets("write", "read")
    assert both != token and agent.scopes_at_the_resource(both) == ["read", "write"]
    assert agent.gets("read", "write") == both
    another = agent.gets("read", forceAuthentication=True)
    assert another != token and agent.scopes_at_the_resource(another) == ["read"]
    call = agent.data.get_resource_oauth2_token
    message = refused("ValidationException", call, **agent.asked("no-such-scope"))
    assert "invalid_scope" in message, message
    forged = agent.tokens[0][:-2] + "AA"
    asked = agent.asked("read", workloadIdentityToken=forged)
    refused("UnauthorizedException", call, **asked)
    asked = agent.asked("read", resourceCredentialProviderName="nothing")
    refused("ResourceNotFoundException", call, **asked)
    return another


def main() -> None:
    for engine, service in each():
        control = service.client("bedrock-agentcore-control")
        providers_of_vendors(control)
        what_cannot_be_is_refused(control)
        changes(control)
        control.create_workload_identity(name="agent-1")
        token = tokens_of_the_demo_provider(Agent(service))
        tail = service.cli("audit", "tail", "-n", "200").stdout
        assert "released to agent-1" in tail, tail
        assert SECRET not in tail and token not in tail and "alice" not in tail, tail
        # The demo provider forgets its tokens with the process, wherever it is afterwards.
        for demo_port in (urlsplit(Agent(service).demo).port, 0):
            service.stop()
            service.demo_port = demo_port
            service.start()
            agent = Agent(service)
            assert agent.scopes_at_the_resource(agent.gets("read")) == ["read"]
        agent.control.delete_oauth2_credential_provider(name="demo")
        call = agent.data.get_resource_oauth2_token
        refused("ResourceNotFoundException", call, **agent.asked("read"))
        verified = service.cli("audit", "verify").stdout
        assert verified.startswith("verified: "), verified
        print(f"OAuth 2 providers on {engine}: ok; {verified.strip()}")


if __name__ == "__main__":
    main()
