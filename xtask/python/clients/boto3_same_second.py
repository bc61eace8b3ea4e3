"""What boto3 signs the same twice within a second is answered in the end, on both engines.

Its retries are told apart by headers that it does not sign, and so are two calls of the same; the
service takes no signature of a change twice, and tells who comes again at once to sign anew.
"""

import subprocess
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import each

CALLS = textwrap.dedent(
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError

    for mode in ("legacy", "standard"):
        control = boto3.client(
            "bedrock-agentcore-control", config=Config(retries={"mode": mode, "max_attempts": 10}))
        for number in range(5):
            name = f"{mode}-{number}"
            control.create_workload_identity(name=name)
            for call, code in (
                (control.create_workload_identity, "ConflictException"),
                (control.create_workload_identity, "ConflictException"),
                (control.delete_workload_identity, None),
                (control.delete_workload_identity, "ResourceNotFoundException"),
            ):
                try:
                    call(name=name)
                    found = None
                except ClientError as error:
                    found = error.response["Error"]["Code"]
                assert found == code, (mode, number, call, found)
    """
)


def main() -> None:
    for engine, service in each():
        subprocess.run(
            [sys.executable, "-c", CALLS], check=True, env=service.environment(),
            cwd=service.directory,
        )
        print(f"boto3 asks the same twice in a second on {engine}: ok")


if __name__ == "__main__":
    main()
