"""A relying party with npm's oauth4webapi, which forgives nothing, logs a user of a pool in, renews,
introspects, revokes and signs the user out: with a secret in the form and without one, and with the
metadata of OpenID Connect and of RFC 8414. On both engines."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from relying_party import RelyingParty, by_node, walk_through
from service import each
from user_pool import UserPool


def main() -> None:
    command = by_node("oauth4webapi.mjs")
    for engine, service in each():
        pool = UserPool(service)
        for method, algorithm in (("post", "oidc"), ("none", "oauth2")):
            with RelyingParty(pool, command, method, algorithm=algorithm) as party:
                walk_through(party)
        print(f"oauth4webapi logs in at a user pool on {engine}: ok")


if __name__ == "__main__":
    main()
