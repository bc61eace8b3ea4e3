"""Runs `oidc-provider` for a check: `cargo xtask setup` installed it, and its Node.js."""

import base64
import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

FOLDER = Path(os.environ["PROCURA_NODE"])
SCRIPT = Path(__file__).parents[1] / "node" / "authorization_server.mjs"
USER_GRANT = "urn:procura:check:user"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class AuthorizationServer:
    """A running authorization server, which knows no client yet."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [FOLDER / "node_modules" / ".bin" / "node", SCRIPT, FOLDER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        addresses = self.hear()
        self.issuer: str = addresses["issuer"]
        self.discovery_url: str = addresses["discovery_url"]
        self.token_endpoint: str = addresses["token_endpoint"]
        self.authorization_endpoint: str = addresses["authorization_endpoint"]

    def __enter__(self) -> "AuthorizationServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)

    def hear(self) -> dict:
        line = self.process.stdout.readline()
        assert line, "the authorization server ended"
        return json.loads(line)

    def do(self, what: str, **arguments: object) -> dict:
        self.process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def clients(self, *clients: dict, **more: int) -> None:
        """These are its clients from now on, and so long do their tokens live (`token_life_s`)."""
        common = {
            "grant_types": ["client_credentials", USER_GRANT, TOKEN_EXCHANGE, JWT_BEARER],
            "redirect_uris": [],
            "response_types": [],
        }
        self.do("clients", clients=[{**common, **client} for client in clients], **more)

    def requests(self) -> list[dict]:
        """What was asked of the token endpoint since the last call: form, scheme, status."""
        return self.do("requests")["requests"]

    def user_token(self, client: str, secret: str, sub: str, algorithm: str, **more: str) -> str:
        """An access token of a user, signed with the provider's own key of this algorithm."""
        resource = f"https://{algorithm.lower()}.example"
        form = {"grant_type": USER_GRANT, "sub": sub, "resource": resource, **more}
        credentials = base64.b64encode(f"{client}:{secret}".encode()).decode()
        request = urllib.request.Request(
            self.token_endpoint,
            data=urllib.parse.urlencode(form).encode(),
            headers={"Authorization": f"Basic {credentials}"},
        )
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)["access_token"]


def parts(token: str) -> tuple[dict, dict]:
    """Header and claims of a token, unverified."""
    header, claims, _ = token.split(".")
    return json.loads(decoded(header)), json.loads(decoded(claims))


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
