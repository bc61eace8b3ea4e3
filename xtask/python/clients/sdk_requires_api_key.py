"""An agent with the SDK's own decorator, on its own local path: nothing is made by hand but the
provider. The SDK creates the workload identity and the user id itself."""

import subprocess
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import each

PROVIDER = (
    "import boto3; boto3.client('bedrock-agentcore-control')"
    ".create_api_key_credential_provider(name='weather', apiKey='sk-of-the-agent')"
)

AGENT = textwrap.dedent(
    """
    import asyncio
    from bedrock_agentcore.identity.auth import requires_api_key

    @requires_api_key(provider_name="weather")
    async def forecast(city, *, api_key):
        return f"{city}: asked with {api_key}"

    print(asyncio.run(forecast("Lisbon")))
    """
)


def main() -> None:
    for engine, service in each():
        run = {"check": True, "env": service.environment(), "cwd": service.directory}
        subprocess.run([sys.executable, "-c", PROVIDER], **run)
        # Twice: the second run finds the identity that the first one saved.
        for _ in range(2):
            done = subprocess.run(
                [sys.executable, "-c", AGENT], capture_output=True, text=True, **run
            )
            assert "Lisbon: asked with sk-of-the-agent" in done.stdout, done.stdout + done.stderr
        print(f"@requires_api_key on {engine}: ok")


if __name__ == "__main__":
    main()
