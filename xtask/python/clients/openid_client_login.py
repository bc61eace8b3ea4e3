"""A relying party with npm's openid-client logs a user of a pool in, renews, introspects, revokes and
signs the user out: with a secret in the header and without one. On both engines."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from relying_party import RelyingParty, by_node, walk_through
from service import each
from user_pool import UserPool


def main() -> None:
    for engine, service in each():
        pool = UserPool(service)
        for method in ("basic", "none"):
            with RelyingParty(pool, by_node("openid_client.mjs"), method) as party:
                walk_through(party)
        print(f"openid-client logs in at a user pool on {engine}: ok")


if __name__ == "__main__":
    main()
