"""What somebody who can write to the database, and to nothing else, cannot hide.

Each case changes the database of a stopped or running service by hand. It must be refused at the
next start (78), or be found by `procura audit verify`; and the signed notes stay as they are.
"""

import contextlib
import hashlib
import json
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import BINARY, Service

MAKE_AGENTS = (
    "import boto3; control = boto3.client('bedrock-agentcore-control');"
    "[control.create_workload_identity(name=f'agent-{n}') for n in range(3)]"
)


def leaf(line: bytes) -> bytes:
    return hashlib.sha256(b"\0" + line).digest()


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + root(leaves[:split]) + root(leaves[split:])).digest()


@contextlib.contextmanager
def stopped_service():
    """A service with two ended chains, stopped."""
    with tempfile.TemporaryDirectory(prefix="procura-tampered-") as directory:
        service = Service(Path(directory) / "data", None)
        service.start()
        subprocess.run([sys.executable, "-c", MAKE_AGENTS], check=True, env=service.environment())
        service.stop()
        service.start()
        service.stop()
        yield service


def database(service: Service) -> sqlite3.Connection:
    return sqlite3.connect(service.directory / "procura.db", isolation_level=None)


def notes(service: Service) -> bytes:
    return next((service.directory / "checkpoints").glob("*.notes")).read_bytes()


def must_not_start(service: Service, why: str) -> None:
    before = notes(service)
    command = [BINARY, "dev", "--port", "0", "--data-dir", str(service.directory)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 78 and why in done.stderr, (done.returncode, done.stderr)
    assert notes(service) == before, "the notes were changed"


def rewrite_end(connection: sqlite3.Connection) -> None:
    """Takes the record before the last out of an ended chain and makes the rest fit."""
    chain, size = connection.execute(
        "SELECT id, closed_size FROM audit_chain WHERE closed_size > 4 LIMIT 1"
    ).fetchone()
    lines = [row[0] for row in connection.execute(
        "SELECT line FROM audit_record WHERE chain = ? ORDER BY seq", (chain,))]
    last = json.loads(lines[-1])
    last["seq"], last["prev"] = size - 2, leaf(lines[-3]).hex()
    forged = json.dumps(last, separators=(",", ":"), ensure_ascii=False).encode()
    connection.execute("DELETE FROM audit_record WHERE chain = ? AND seq >= ?", (chain, size - 2))
    connection.execute(
        "INSERT INTO audit_record (chain, seq, id, at, line) VALUES (?, ?, ?, ?, ?)",
        (chain, size - 2, b"\1" * 16, 1, forged))
    leaves = [leaf(line) for line in lines[:-2] + [forged]]
    connection.execute(
        "UPDATE audit_chain SET closed_size = ?, closed_root = ?, closed_head = ? WHERE id = ?",
        (size - 1, root(leaves), leaves[-1], chain))


def add_chain(connection: sqlite3.Connection, is_open: bool) -> None:
    """A chain of lies, in the name of the node."""
    (node,) = connection.execute("SELECT node FROM audit_chain LIMIT 1").fetchone()
    chain = b"\2" * 16
    line = json.dumps(
        {"v": 1, "chain": f"chn_{chain.hex()}", "seq": 0, "prev": "00" * 32,
         "id": f"rec_{'03' * 16}", "at": 1, "operation": "GetResourceApiKey",
         "verdict": "allow", "reason": "released"},
        separators=(",", ":")).encode()
    end = (None, None, None) if is_open else (1, leaf(line), leaf(line))
    connection.execute(
        "INSERT INTO audit_chain (id, node, opened_at, frontier_head, frontier_tree, closed_size,"
        " closed_root, closed_head) VALUES (?, ?, 1, ?, ?, ?, ?, ?)",
        (chain, node, bytes(32), bytes(8), *end))
    connection.execute(
        "INSERT INTO audit_record (chain, seq, id, at, line) VALUES (?, 0, ?, 1, ?)",
        (chain, b"\3" * 16, line))


def while_stopped() -> None:
    changes = {
        "the key of the notes": lambda db: db.execute("DELETE FROM deployment_secret"),
        "a chain": lambda db: (
            db.execute("DELETE FROM audit_record WHERE chain IN"
                       " (SELECT id FROM audit_chain LIMIT 1)"),
            db.execute("DELETE FROM audit_chain WHERE id IN (SELECT id FROM audit_chain LIMIT 1)")),
        "the end of a chain": rewrite_end,
        "a forged chain": lambda db: add_chain(db, is_open=False),
    }
    for what, change in changes.items():
        with stopped_service() as service:
            with contextlib.closing(database(service)) as connection:
                change(connection)
            key = what == "the key of the notes"
            must_not_start(service, "another key" if key else "does not hold what checkpoint")
            print(f"{what}, changed while stopped: not started, notes untouched")


def while_running() -> None:
    for what, is_open in (("a forged open chain", True), ("a forged ended chain", False)):
        with stopped_service() as service:
            service.start()
            assert service.cli("audit", "verify").returncode == 0
            with contextlib.closing(database(service)) as connection:
                add_chain(connection, is_open)
            # Something happens, so that there is something to sign.
            subprocess.run(
                [sys.executable, "-c", MAKE_AGENTS.replace("agent-", "late-")], check=True,
                env=service.environment())
            verified = service.cli("audit", "verify", check=False)
            assert verified.returncode == 1, verified
            api = service.environment()["AWS_ENDPOINT_URL_BEDROCK_AGENTCORE"]
            try:
                urllib.request.urlopen(f"{api}/readyz")
                sys.exit("the service says that it is ready")
            except urllib.error.HTTPError as error:
                assert error.code == 503, error
            service.process.kill()
            service.process.wait()
            print(f"{what}, added while running: not signed, not ready")


def main() -> None:
    while_stopped()
    while_running()


if __name__ == "__main__":
    main()
