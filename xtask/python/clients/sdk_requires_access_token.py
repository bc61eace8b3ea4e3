"""An agent with the SDK's own decorator for access tokens, on its own local path: nothing is made
by hand but the providers. The SDK creates the workload identity and the user id itself. The tokens
are those of the demo provider and, for each way to prove a client, of `oidc-provider`.
"""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from authorization_server import AuthorizationServer, parts
from oauth2_clients import provider, register
from service import Service, each

AGENT = textwrap.dedent(
    """
    import asyncio, json, urllib.request
    import boto3
    from bedrock_agentcore.identity.auth import requires_access_token

    control = boto3.client("bedrock-agentcore-control")
    demo = control.get_oauth2_credential_provider(name="demo")["oauth2ProviderConfigOutput"]
    discovery = demo["customOauth2ProviderConfig"]["oauthDiscovery"]["discoveryUrl"]
    api = discovery.removesuffix("/.well-known/openid-configuration") + "/api/whoami"

    def scopes(token):
        request = urllib.request.Request(api, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request) as reply:
            return sorted(json.load(reply)["scopes"])

    @requires_access_token(provider_name="demo", scopes=["read"], auth_flow="M2M")
    async def asynchronous(what, *, access_token):
        return [what, scopes(access_token), access_token]

    @requires_access_token(
        provider_name="demo", scopes=["read", "write"], auth_flow="M2M", into="token",
        resources=["https://resource.example"], audiences=["an audience"],
    )
    def synchronous(what, *, token):
        return [what, scopes(token), token]

    async def inside():
        # A function that waits, called where a loop runs, as in the SDK's runtime.
        return synchronous("inside")

    told = [asyncio.run(asynchronous("async")), synchronous("sync"), asyncio.run(inside())]
    print(json.dumps(told))
    """
)


OIDC_PROVIDER_AGENT = textwrap.dedent(
    """
    import asyncio, json, sys
    from bedrock_agentcore.identity.auth import requires_access_token

    def agent(provider):
        @requires_access_token(
            provider_name=provider, scopes=["write"], auth_flow="M2M",
            resources=["https://es256.example"], audiences=["an audience"],
        )
        async def act(*, access_token):
            return access_token

        return act

    print(json.dumps({name: asyncio.run(agent(name)()) for name in sys.argv[1:]}))
    """
)


def run(service: Service, agent: str, *arguments: str) -> list | dict:
    """What an agent prints last."""
    done = subprocess.run(
        [sys.executable, "-c", agent, *arguments], check=True, stdout=subprocess.PIPE, text=True,
        env=service.environment(), cwd=service.directory,
    )
    return json.loads(done.stdout.splitlines()[-1])


def demo_provider(service: Service) -> None:
    # Twice: the second run finds the identity that the first one saved.
    first, second = run(service, AGENT), run(service, AGENT)
    assert [told[:2] for told in first] == [
        ["async", ["read"]],
        ["sync", ["read", "write"]],
        ["inside", ["read", "write"]],
    ], first
    # What was got for the client is kept for its next call.
    assert first == second, (first, second)


def oidc_provider(service: Service) -> None:
    with AuthorizationServer() as server:
        clients = register(service, server)
        control = service.client("bedrock-agentcore-control")
        for client, told in clients.items():
            made = provider(server, client, told)
            control.create_oauth2_credential_provider(name=client, **made)
        tokens = run(service, OIDC_PROVIDER_AGENT, *clients)
        for client, token in tokens.items():
            _, claims = parts(token)
            assert claims["client_id"] == client and claims["scope"] == "write", claims
            assert claims["aud"] == "https://es256.example", claims
            assert claims["audience_asked"] == "an audience", claims
        assert run(service, OIDC_PROVIDER_AGENT, *clients) == tokens
        assert len(server.requests()) == len(clients)


def main() -> None:
    for engine, service in each():
        demo_provider(service)
        oidc_provider(service)
        print(f"@requires_access_token on {engine}: ok")


if __name__ == "__main__":
    main()
