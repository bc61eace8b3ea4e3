"""An agent with the SDK's own decorator for access tokens, on its own local path: nothing is made by
hand but what `procura dev` makes. The SDK creates the workload identity and the user id itself."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import each

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


def main() -> None:
    for engine, service in each():
        runs = []
        # Twice: the second run finds the identity that the first one saved.
        for _ in range(2):
            done = subprocess.run(
                [sys.executable, "-c", AGENT], check=True, stdout=subprocess.PIPE, text=True,
                env=service.environment(), cwd=service.directory,
            )
            runs.append(json.loads(done.stdout.splitlines()[-1]))
        first, second = runs
        assert [told[:2] for told in first] == [
            ["async", ["read"]],
            ["sync", ["read", "write"]],
            ["inside", ["read", "write"]],
        ], first
        # What was got for the client is kept for its next call.
        assert first == second, (first, second)
        print(f"@requires_access_token on {engine}: ok")


if __name__ == "__main__":
    main()
