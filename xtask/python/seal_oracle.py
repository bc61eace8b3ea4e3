"""The other side of `cargo xtask prove seal`.

seal_oracle.py open            reads NDJSON of sealed values on stdin; each must open, and must not
                               open in the next line's place; writes the count
seal_oracle.py make COUNT SEED writes NDJSON of values that it sealed
seal_oracle.py database DIR    opens every sealed column of a data directory, from root.key down
"""

import json
import random
import sqlite3
import struct
import sys
from pathlib import Path

from seal_format import Place, Unsealable, key_of, open_sealed, seal


def place_of(line: dict) -> Place:
    return Place(
        deployment=bytes.fromhex(line["deployment"]),
        account=(line["account"] or "").encode(),
        subject=bytes.fromhex(line["subject"]),
        table=line["table"].encode(),
        column=line["column"].encode(),
        row=bytes.fromhex(line["row"]),
        row_version=line["row_version"],
        destination=bytes.fromhex(line["destination"] or ""),
    )


def open_line(line: dict, place: Place) -> bytes:
    return open_sealed(
        bytes.fromhex(line["key_id"]),
        line["key_version"],
        bytes.fromhex(line["key"]),
        place,
        bytes.fromhex(line["sealed"]),
    )


def command_open() -> None:
    lines = [json.loads(text) for text in sys.stdin]
    for line, other in zip(lines, lines[1:] + lines[:1]):
        if open_line(line, place_of(line)) != bytes.fromhex(line["plaintext"]):
            sys.exit("a sealed value opens to something else")
        if place_of(other) != place_of(line):
            try:
                open_line(line, place_of(other))
            except Unsealable:
                continue
            sys.exit("a sealed value opens in another place")
    print(len(lines))


def command_make(count: int, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(count):
        subject = rng.choice([b"deployment", b"account", b"user:" + rng.randbytes(16)])
        line = {
            "key_id": rng.randbytes(16).hex(),
            "key_version": rng.randrange(1, 1 << 32),
            "key": rng.randbytes(32).hex(),
            "deployment": rng.randbytes(16).hex(),
            "account": rng.choice([None, f"{rng.randrange(10**12):012d}"]),
            "subject": subject.hex(),
            "table": rng.choice(["credential_provider", "access_key", "user"]),
            "column": rng.choice(["secret", "identity", "wrapped account key"]),
            "row": rng.randbytes(rng.choice([0, 16, 20])).hex(),
            "row_version": rng.randrange(1 << 63),
            "destination": rng.choice([None, rng.randbytes(32).hex()]),
            "plaintext": rng.randbytes(rng.choice([0, 1, 31, 32, 33, 700, 4096])).hex(),
        }
        line["sealed"] = seal(
            bytes.fromhex(line["key_id"]),
            line["key_version"],
            bytes.fromhex(line["key"]),
            place_of(line),
            rng.randbytes(32),
            bytes.fromhex(line["plaintext"]),
        ).hex()
        print(json.dumps(line))


class Database:
    """Every key of a data directory, unwrapped from the root key down."""

    def __init__(self, directory: Path) -> None:
        prefix, root_id, root = (directory / "root.key").read_text().split()
        assert prefix == "procura-root-key-1"
        self.root = (bytes.fromhex(root_id.removeprefix("key_")), 1, bytes.fromhex(root))
        self.connection = sqlite3.connect(f"file:{directory / 'procura.db'}?mode=ro", uri=True)
        (self.deployment,) = self.connection.execute("SELECT deployment FROM meta").fetchone()
        self.keys = {self.root[:2]: self.root[2]}
        self.unwrap_all()

    def unwrap_all(self) -> None:
        rows = self.connection.execute(
            "SELECT id, version, account, purpose, subject, wrapped FROM encryption_key"
        ).fetchall()
        # Parents first: root wraps account keys, account keys wrap subject keys.
        for row in sorted(rows, key=lambda row: row[3] not in ("account", "token")):
            key_id, version, account, purpose, user, wrapped = row
            subject, column = {
                "account": (b"account", b"wrapped account key"),
                "user-index": (b"account", b"wrapped user index key"),
                "token": (b"deployment", b"wrapped token key"),
                "subject-deployment": (b"deployment", b"wrapped subject key"),
                "subject-account": (b"account", b"wrapped subject key"),
                "subject-user": (b"user:" + user, b"wrapped subject key"),
            }[purpose]
            place = Place(
                self.deployment,
                account.encode(),
                subject,
                b"encryption_key",
                column,
                key_id,
                version,
            )
            self.keys[key_id, version] = self.open(place, wrapped)

    def open(self, place: Place, sealed: bytes) -> bytes:
        key = key_of(sealed)
        return open_sealed(*key, self.keys[key], place, sealed)

    def open_columns(self) -> int:
        select = self.connection.execute
        opened = 0
        for key, roles, account, version, sealed in select(
            "SELECT id, roles, account, version, secret FROM access_key WHERE revoked_at IS NULL"
        ):
            fields = [key.encode(), ",".join(json.loads(roles)).encode()]
            row = b"".join(struct.pack(">I", len(field)) + field for field in fields)
            place = Place(
                self.deployment, account.encode(), b"account", b"access_key", b"secret",
                row, version,
            )
            assert len(self.open(place, sealed)) == 40
            opened += 1
        for row, account, version, sealed in select(
            "SELECT id, account, secret_version, secret FROM credential_provider"
        ):
            place = Place(
                self.deployment, account.encode(), b"account", b"credential_provider", b"secret",
                row, version,
            )
            self.open(place, sealed)
            opened += 1
        for row, account, sealed in select('SELECT id, account, identity FROM "user"'):
            place = Place(
                self.deployment, account.encode(), b"user:" + row, b"user", b"identity", row, 1
            )
            self.open(place, sealed)
            opened += 1
        for name, version, sealed in select("SELECT name, version, secret FROM deployment_secret"):
            place = Place(
                self.deployment, b"", b"deployment", b"deployment_secret", b"secret",
                name.encode(), version,
            )
            self.open(place, sealed)
            opened += 1
        return opened


def command_database(directory: str) -> None:
    database = Database(Path(directory))
    print(len(database.keys) - 1 + database.open_columns())


def main() -> None:
    match sys.argv[1:]:
        case ["open"]:
            command_open()
        case ["make", count, seed]:
            command_make(int(count), int(seed))
        case ["database", directory]:
            command_database(directory)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
