"""The AWS CLI of PyPI does the same, on both engines."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from aws_cli import aws
from service import Service, each


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
