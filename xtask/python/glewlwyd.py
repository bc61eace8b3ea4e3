"""Runs `glewlwyd` for a check: `cargo xtask setup` unpacked it. Its pages are a script that asks an
API with the browser's cookies, and what that script asks, a user's browser asks here.
"""

import base64
import json
import os
import secrets
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from authorization_server import encoded
from browser import Browser, Page
from ports import free_port

FOLDER = Path(os.environ["PROCURA_GLEWLWYD"])
MODULES = FOLDER / "usr" / "lib" / "glewlwyd"
TABLES = FOLDER / "usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
# Of the administrator that its tables have in them.
FIRST_PASSWORD = "password"
START_S = 30
# Another program may take the port before the server does.
STARTS = 3


class OpenidProvider:
    """One of the server's providers: an issuer with clients and rules of its own."""

    def __init__(self, server: "Glewlwyd", name: str) -> None:
        self.server = server
        self.path = f"/api/{name}"
        self.issuer = server.url + self.path
        self.discovery_url = f"{self.issuer}/.well-known/openid-configuration"
        self.authorization_endpoint = f"{self.issuer}/auth"
        self.token_endpoint = f"{self.issuer}/token"

    def requests(self) -> list[dict]:
        """What was asked of the token endpoint since the last call: form, scheme, status."""
        return self.server.proxy.take(f"{self.path}/token")

    def introspected(self, client: str, secret: str, token: str) -> dict:
        """What it says of a token of its own (RFC 7662)."""
        with posted(f"{self.issuer}/introspect", client, secret, token=token) as reply:
            return json.load(reply)

    def asks_by_itself(self, client: str, secret: str, **form: str) -> int:
        """The status of a token request by somebody who has all that the client has."""
        try:
            with posted(self.token_endpoint, client, secret, **form) as reply:
                return reply.status
        except urllib.error.HTTPError as error:
            return error.code


class Glewlwyd:
    """A running server: nobody but its administrator, and no provider yet."""

    def __init__(self) -> None:
        self.directory = tempfile.TemporaryDirectory(prefix="glewlwyd-")
        self.log = Path(self.directory.name) / "log"
        self.proxy = Proxy()
        self.url = self.proxy.url
        self.administrator = Browser()
        for _ in range(STARTS):
            if self.starts():
                break
        else:
            raise AssertionError(f"glewlwyd ended: {self.log.read_text()}")
        self.logs_in(self.administrator, "admin", FIRST_PASSWORD)

    def __enter__(self) -> "Glewlwyd":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)
        self.proxy.stop()
        self.directory.cleanup()

    def starts(self) -> bool:
        """Starts the server on a free port with an empty database."""
        database = Path(self.directory.name) / "database"
        database.unlink(missing_ok=True)
        with sqlite3.connect(database) as made:
            made.executescript(TABLES.read_text())
        made.close()
        self.proxy.port = port = free_port()
        # It has modules of this kind in no folder of the package.
        empty = Path(self.directory.name) / "none"
        empty.mkdir(exist_ok=True)
        libraries = (FOLDER / "usr" / "lib").glob("*-linux-*")
        told = {
            "PORT": port, "BIND_ADDRESS": "127.0.0.1", "EXTERNAL_URL": self.url,
            "LOGIN_URL": "login.html", "API_PREFIX": "api", "COOKIE_SECURE": 0,
            "STATIC_FILES_PATH": FOLDER / "usr/share/glewlwyd/webapp",
            "SESSION_KEY": "glewlwyd_session", "HASH_ALGORITHM": "SHA512",
            "ADMIN_SCOPE": "g_admin", "PROFILE_SCOPE": "g_profile",
            "LOG_MODE": "console", "LOG_LEVEL": "DEBUG",
            "DATABASE_TYPE": "sqlite3", "DATABASE_SQLITE3_PATH": database,
            "USER_MODULE_PATH": MODULES / "user", "CLIENT_MODULE_PATH": MODULES / "client",
            "AUTH_SCHEME_MODULE_PATH": MODULES / "scheme",
            "PLUGIN_MODULE_PATH": MODULES / "plugin", "USER_MIDDLEWARE_MODULE_PATH": empty,
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [FOLDER / "usr" / "bin" / "glewlwyd", "--env-variables"], stdout=log, stderr=log,
                env={
                    "LD_LIBRARY_PATH": ":".join(str(path) for path in libraries),
                    **{f"GLWD_{name}": str(value) for name, value in told.items()},
                },
            )
        deadline = time.monotonic() + START_S
        while self.process.poll() is None:
            if b"Glewlwyd started on port" in self.log.read_bytes():
                return True
            assert time.monotonic() < deadline, f"glewlwyd waits: {self.log.read_text()}"
            time.sleep(0.02)
        return False

    def ask(self, browser: Browser, method: str, path: str, body: dict | None = None) -> Page:
        """What its pages ask its API."""
        request = urllib.request.Request(self.url + path, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        page = browser.send(request)
        assert page.status == 200, (method, path, page.status, page.text, self.log.read_text())
        return page

    def adds(self, what: str, body: dict) -> None:
        self.ask(self.administrator, "POST", f"/api/{what}/", body)

    def add_provider(self, name: str, token_life_s: int) -> OpenidProvider:
        """Adds a provider: every client has to use PKCE, a refresh token is good once."""
        provider = OpenidProvider(self, name)
        self.adds("mod/plugin", {
            "module": "oidc", "name": name, "display_name": name, "order_rank": 0,
            "parameters": {
                "iss": provider.issuer, "jwks-private": json.dumps({"keys": [signing_key()]}),
                "jwks-show": True, "oauth-as-iss-id": True, "allow-non-oidc": True,
                "access-token-duration": token_life_s, "refresh-token-duration": 86400,
                "code-duration": 60, "refresh-token-rolling": False,
                "refresh-token-one-use": "always", "auth-type-code-enabled": True,
                "auth-type-code-revoke-replayed": True, "auth-type-refresh-enabled": True,
                "auth-type-client-enabled": True, "pkce-allowed": True, "pkce-required": True,
                "introspection-revocation-allowed": True,
                "introspection-revocation-allow-target-client": True,
            },
        })
        return provider

    def add_scopes(self, *names: str) -> None:
        for name in names:
            self.adds("scope", {
                "name": name, "display_name": name, "password_required": True, "scheme": {},
            })

    def add_user(self, name: str, *scopes: str) -> None:
        """A user who may let others do this. The password is the name with a word before it."""
        self.adds("user", {
            "username": name, "password": password(name), "enabled": True,
            "scope": ["g_profile", *scopes],
        })

    def add_client(self, name: str, secret: str, redirect_uri: str) -> None:
        self.adds("client", {
            "client_id": name, "name": name, "confidential": True, "password": secret,
            "enabled": True, "redirect_uri": [redirect_uri], "scope": [],
            # The last is for introspection and no more: it has no scope of its own.
            "authorization_type": ["code", "refresh_token", "client_credentials"],
            "token_endpoint_auth_method": ["client_secret_basic", "client_secret_post"],
        })

    def logs_in(self, browser: Browser, user: str, with_password: str) -> None:
        self.ask(browser, "POST", "/api/auth/", {"username": user, "password": with_password})

    def consents(self, browser: Browser, page: Page, user: str, *scopes: str) -> Page:
        """What a user does at the login page: signs in, lets the client have these scopes, and goes
        back. Nobody is asked for what was agreed to before."""
        assert page.status == 200 and page.url.startswith(f"{self.url}/login.html?"), page
        asked = page.query
        self.logs_in(browser, user, password(user))
        client = urllib.parse.quote(asked["client_id"])
        self.ask(browser, "PUT", f"/api/auth/grant/{client}/", {"scope": " ".join(scopes)})
        return browser.go(f"{asked['callback_url']}&g_continue")


class Proxy:
    """What stands before the server, as its manual has it. It notes who asks a token endpoint."""

    def __init__(self) -> None:
        self.port = 0
        self.lock = threading.Lock()
        # Two writers of its SQLite database get in each other's way, and it tries nothing twice.
        self.turn = threading.Lock()
        self.noted: list[tuple[str, dict]] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def hands_on(self) -> None:
                proxy.hand_on(self)

            do_GET = do_POST = do_PUT = hands_on

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def hand_on(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in request.headers.items() if name != "Connection"}
        server = HTTPConnection("127.0.0.1", self.port, timeout=60)
        with self.turn:
            server.request(request.command, request.path, body=body, headers=headers)
            reply = server.getresponse()
            answer = reply.read()
        server.close()
        # Before the answer goes: who has it may ask what was noted.
        self.note(request, body, reply.status)
        request.send_response_only(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(answer)))
        request.end_headers()
        request.wfile.write(answer)

    def note(self, request: BaseHTTPRequestHandler, body: bytes, status: int) -> None:
        path = urllib.parse.urlsplit(request.path).path.rstrip("/")
        if not path.endswith("/token"):
            return
        form = dict(urllib.parse.parse_qsl(body.decode()))
        scheme = request.headers.get("Authorization", "").partition(" ")[0]
        with self.lock:
            self.noted.append((path, {"form": form, "scheme": scheme, "status": status}))

    def take(self, path: str) -> list[dict]:
        with self.lock:
            taken = [what for where, what in self.noted if where == path]
            self.noted = [(where, what) for where, what in self.noted if where != path]
        return taken


def password(user: str) -> str:
    return f"password of {user}"


def signing_key() -> dict:
    """A new private key, as a JWK (RFC 7518 §6.2)."""
    private = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    public = private.public_numbers
    names = {"x": public.x, "y": public.y, "d": private.private_value}
    numbers = {name: encoded(number.to_bytes(32, "big")) for name, number in names.items()}
    return {"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": secrets.token_hex(4), **numbers}


def posted(url: str, client: str, secret: str, **form: str):
    """Sends a request of a client, which proves itself."""
    credentials = base64.b64encode(f"{client}:{secret}".encode()).decode()
    return urllib.request.urlopen(urllib.request.Request(
        url, data=urllib.parse.urlencode(form).encode(),
        headers={"Authorization": f"Basic {credentials}"},
    ))
