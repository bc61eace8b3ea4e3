"""An agent calls another: boto3 has a token made of the first agent's, by the example of the docs.

The code of docs/delegation.md runs as it stands there, on both engines.
"""

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import each

ROOT = Path(__file__).parent.parent.parent.parent
SETUP = """
import boto3
control = boto3.client("bedrock-agentcore-control")
for name in ("planner", "mailer"):
    control.create_workload_identity(name=name)
control.create_api_key_credential_provider(name="mail", apiKey="k-1")
"""
CHECKS = """
from botocore.exceptions import ClientError
assert key["apiKey"] == "k-1", key
back = called(client, "planner", theirs)
client.get_resource_api_key(workloadIdentityToken=back, resourceCredentialProviderName="mail")
try:
    called(client, "mailer", "procura_wat_x")
    raise SystemExit("a token was made of nothing")
except ClientError as error:
    assert error.response["Error"]["Code"] == "UnauthorizedException", error
"""


def main() -> None:
    page = (ROOT / "docs" / "delegation.md").read_text()
    example = re.search(r"```python\n(.*?)```", page, re.DOTALL).group(1)
    for engine, service in each():
        subprocess.run(
            [sys.executable, "-c", SETUP + example + CHECKS], check=True,
            env=service.environment(), cwd=service.directory,
        )
        print(f"boto3 hands a token on to an agent that is called on {engine}: ok")


if __name__ == "__main__":
    main()
