"""The AWS CLI of PyPI does the same, on both engines."""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import Service, each

AWS = str(Path(sys.executable).parent / "aws")


def aws(service: Service, *arguments: str) -> dict:
    done = subprocess.run(
        [sys.executable, AWS, *arguments, "--output", "json"],
        capture_output=True,
        text=True,
        env=service.environment(),
    )
    if done.returncode != 0:
        sys.exit(f"aws {arguments}: {done.stderr}")
    return json.loads(done.stdout) if done.stdout.strip() else {}


def main() -> None:
    for engine, service in each():
        control, data = "bedrock-agentcore-control", "bedrock-agentcore"
        created = aws(service, control, "create-workload-identity", "--name", "cli-agent")
        arn = created["workloadIdentityArn"]
        aws(service, control, "tag-resource", "--resource-arn", arn, "--tags", "team=cli")
        tags = aws(service, control, "list-tags-for-resource", "--resource-arn", arn)
        assert tags["tags"] == {"team": "cli"}, tags
        aws(
            service, control, "create-api-key-credential-provider",
            "--name", "maps", "--api-key", "sk-from-the-cli",
        )
        token = aws(
            service, data, "get-workload-access-token-for-user-id",
            "--workload-name", "cli-agent", "--user-id", "bob",
        )["workloadAccessToken"]
        key = aws(
            service, data, "get-resource-api-key",
            "--workload-identity-token", token, "--resource-credential-provider-name", "maps",
        )
        assert key["apiKey"] == "sk-from-the-cli", key
        print(f"aws cli on {engine}: ok")


if __name__ == "__main__":
    main()
