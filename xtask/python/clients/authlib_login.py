"""A relying party with PyPI's Authlib logs a user of a pool in, renews, introspects, revokes and signs
the user out: with a secret in the header and without one. On both engines."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from relying_party import RelyingParty, by_python, walk_through
from service import each
from user_pool import UserPool


def main() -> None:
    for engine, service in each():
        pool = UserPool(service)
        for method in ("basic", "none"):
            with RelyingParty(pool, by_python("authlib_party.py"), method) as party:
                walk_through(party)
        print(f"Authlib logs in at a user pool on {engine}: ok")


if __name__ == "__main__":
    main()
