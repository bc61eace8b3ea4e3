"""Runs `procura dev` for a check, and gives the environment that `procura env` prints."""

import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.client import BaseClient
from botocore.exceptions import ClientError

BINARY = os.environ["PROCURA_BIN"]


class Service:
    """A running service in a data directory of its own."""

    def __init__(self, directory: Path, store: str | None, *options: str) -> None:
        self.directory = directory
        self.store = store
        self.options = options
        self.process: subprocess.Popen[str] | None = None
        self.greeting = ""
        # Where the demo providers are; 0 is a free port.
        self.demo_port = 0

    def start(self) -> None:
        ports = ["--port", "0", "--demo-port", str(self.demo_port)]
        command = [BINARY, "dev", *ports, *self.options, "--data-dir", str(self.directory)]
        if self.store:
            command += ["--store", self.store]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.greeting = ""
        for line in self.process.stdout:
            self.greeting += line
            if "Press Ctrl-C" in line:
                return
        sys.exit(f"procura dev ended with {self.process.wait()} before it was ready")

    def stop(self) -> None:
        self.process.terminate()
        if self.process.wait(timeout=60) != 0:
            sys.exit(f"procura dev ended with {self.process.returncode}")

    def cli(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BINARY, *arguments, "--data-dir", str(self.directory)],
            check=check,
            capture_output=True,
            text=True,
        )

    def environment(self) -> dict[str, str]:
        """An environment with nothing in it but what a shell has after `eval`."""
        printed = json.loads(self.cli("env", "--format", "json").stdout)
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return {**kept, "HOME": str(self.directory), **printed}

    def client(self, name: str) -> BaseClient:
        """An unmodified client of boto3, told what `procura env` prints."""
        found = self.environment()
        # User pools go by another name than the one that boto3 calls them.
        called = "cognito-identity-provider" if name == "cognito-idp" else name
        endpoint = found["AWS_ENDPOINT_URL_" + called.replace("-", "_").upper()]
        session = boto3.Session(
            aws_access_key_id=found["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=found["AWS_SECRET_ACCESS_KEY"],
            region_name=found["AWS_REGION"],
        )
        return session.client(name, endpoint_url=endpoint)


def refused(code: str, call, **arguments) -> str:
    """What a call says that must be refused with this exception."""
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} expected")


def engines() -> list[tuple[str, str | None]]:
    """Each engine with a database of its own; PostgreSQL where a cluster is given."""
    found: list[tuple[str, str | None]] = [("sqlite", None)]
    cluster = os.environ.get("PROCURA_TEST_POSTGRES")
    if not cluster:
        print("not run: PostgreSQL absent")
        return found
    name = f"client_{uuid.uuid4().hex}"
    subprocess.run(["psql", "-qX", cluster, "-c", f"CREATE DATABASE {name}"], check=True)
    base, _, _ = cluster.rpartition("/")
    return [*found, ("postgres", f"{base}/{name}")]


@contextmanager
def running(store: str | None, *options: str) -> Iterator[Service]:
    """A running service, stopped and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="procura-client-") as directory:
        service = Service(Path(directory), store, *options)
        service.start()
        try:
            yield service
        finally:
            service.stop()


def each(*options: str) -> Iterator[tuple[str, Service]]:
    """A running service on each engine, one after the other."""
    for engine, store in engines():
        with running(store, *options) as service:
            yield engine, service
