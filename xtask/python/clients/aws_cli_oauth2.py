"""The AWS CLI of PyPI makes an OAuth 2 provider and gets a token of its client, on both engines."""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import Service, each

AWS = str(Path(sys.executable).parent / "aws")
CONTROL, DATA = "bedrock-agentcore-control", "bedrock-agentcore"


def run(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, AWS, *arguments, "--output", "json"],
        capture_output=True, text=True, env=service.environment(),
    )


def aws(service: Service, *arguments: str) -> dict:
    done = run(service, *arguments)
    if done.returncode != 0:
        sys.exit(f"aws {arguments}: {done.stderr}")
    return json.loads(done.stdout) if done.stdout.strip() else {}


def config(discovery: dict, secret: str) -> str:
    block = {"clientId": "demo-client", "clientSecret": secret, "oauthDiscovery": discovery}
    return json.dumps({"customOauth2ProviderConfig": block})


def main() -> None:
    for engine, service in each():
        named = "--credential-provider-vendor", "CustomOauth2", "--oauth2-provider-config-input"
        demo = aws(service, CONTROL, "get-oauth2-credential-provider", "--name", "demo")
        [known] = demo["oauth2ProviderConfigOutput"].values()
        made = aws(
            service, CONTROL, "create-oauth2-credential-provider", "--name", "by-cli", *named,
            config(known["oauthDiscovery"], "demo-secret"),
        )
        assert made["callbackUrl"] != demo["callbackUrl"] and "demo-secret" not in str(made), made
        aws(service, CONTROL, "create-workload-identity", "--name", "cli-agent")
        token = aws(
            service, DATA, "get-workload-access-token", "--workload-name", "cli-agent"
        )["workloadAccessToken"]
        wanted = (
            DATA, "get-resource-oauth2-token", "--workload-identity-token", token,
            "--resource-credential-provider-name", "by-cli", "--scopes", "read", "write",
            "--oauth2-flow", "M2M",
        )
        first = aws(service, *wanted)
        assert list(first) == ["accessToken"] and first == aws(service, *wanted), first
        aws(
            service, CONTROL, "update-oauth2-credential-provider", "--name", "by-cli", *named,
            config(known["oauthDiscovery"], "another-secret"),
        )
        # What was got as the client before is not given out any more.
        refused = run(service, *wanted)
        assert refused.returncode != 0 and "ValidationException" in refused.stderr, refused
        assert "invalid_client" in refused.stderr, refused.stderr
        assert "another-secret" not in refused.stderr, refused.stderr
        listed = aws(service, CONTROL, "list-oauth2-credential-providers")["credentialProviders"]
        assert [item["name"] for item in listed] == ["by-cli", "demo"], listed
        aws(service, CONTROL, "delete-oauth2-credential-provider", "--name", "by-cli")
        print(f"aws cli with OAuth 2 on {engine}: ok")


if __name__ == "__main__":
    main()
