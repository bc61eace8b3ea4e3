"""The conformance suite of the Model Context Protocol, which finds a user pool as an authorization
server by RFC 8414 and has a user sign in at it. On both engines."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from conformance import passes
from service import each
from user_pool import UserPool


def main() -> None:
    for engine, service in each():
        total = passes(UserPool(service))
        print(f"the suite's authorization mode at a user pool on {engine}: ok; {total}")


if __name__ == "__main__":
    main()
