"""Runs `procura dev` for a check, and gives the environment that `procura env` prints."""

import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

BINARY = os.environ["PROCURA_BIN"]


class Service:
    """A running service in a data directory of its own."""

    def __init__(self, directory: Path, store: str | None) -> None:
        self.directory = directory
        self.store = store
        self.process: subprocess.Popen[str] | None = None
        self.greeting = ""

    def start(self) -> None:
        command = [BINARY, "dev", "--port", "0", "--data-dir", str(self.directory)]
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


def each() -> Iterator[tuple[str, Service]]:
    """A running service on each engine, stopped and gone afterwards."""
    for engine, store in engines():
        with tempfile.TemporaryDirectory(prefix="procura-client-") as directory:
            service = Service(Path(directory), store)
            service.start()
            try:
                yield engine, service
            finally:
                service.stop()
