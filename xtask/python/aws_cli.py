"""Runs the AWS CLI of PyPI, with nothing but what `procura env` says."""

import json
import subprocess
import sys
from pathlib import Path

from service import Service

AWS = str(Path(sys.executable).parent / "aws")


def run(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, AWS, *arguments, "--output", "json"],
        capture_output=True, text=True, env=service.environment(),
    )


def aws(service: Service, *arguments: str) -> dict:
    """What a command prints that must succeed."""
    done = run(service, *arguments)
    if done.returncode != 0:
        sys.exit(f"aws {arguments}: {done.stderr}")
    return json.loads(done.stdout) if done.stdout.strip() else {}
