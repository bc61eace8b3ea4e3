"""Runs Apache with mod_auth_openidc for a check: `cargo xtask setup` unpacked both. What is under
`/known` is for whom the provider knows, what is under `/api` for who has one of its access tokens."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from ports import free_port
from user_pool import UserPool

FOLDER = Path(os.environ["PROCURA_APACHE"])
START_S = 30
# Another program may take the port before the server does.
STARTS = 3
MODULES = (
    "mpm_event", "authn_core", "authz_core", "authz_user", "dir", "mime", "headers", "auth_openidc",
)
CONFIGURATION = """
ServerRoot "{directory}"
ServerName localhost
User nobody
Group nogroup
Listen 127.0.0.1:{port}
PidFile "{directory}/pid"
DefaultRuntimeDir "{directory}"
ErrorLog "{directory}/log"
LogLevel warn
TypesConfig /dev/null
DocumentRoot "{directory}/pages"
{modules}
<Directory "{directory}/pages">
    Require all granted
</Directory>
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCRedirectURI {url}/cb
OIDCCryptoPassphrase of-the-checks
OIDCScope "openid email profile"
OIDCPKCEMethod S256
OIDCRemoteUserClaim sub
OIDCInfoHook access_token id_token userinfo refresh_token
OIDCOAuthServerMetadataURL {issuer}/.well-known/openid-configuration
OIDCOAuthClientID {client_id}
OIDCOAuthClientSecret {client_secret}
OIDCOAuthIntrospectionEndpointAuth client_secret_basic
OIDCOAuthTokenIntrospectionInterval 0
OIDCOAuthRemoteUserClaim sub
<Location /cb>
    AuthType openid-connect
    Require valid-user
</Location>
<Location /known>
    AuthType openid-connect
    Require valid-user
    Header always set X-Sub "%{{OIDC_CLAIM_sub}}e"
    Header always set X-Email "%{{OIDC_CLAIM_email}}e"
</Location>
<Location /api>
    AuthType oauth20
    Require valid-user
    Header always set X-Sub "%{{OIDC_CLAIM_sub}}e"
</Location>
"""


class Apache:
    """A running server, which is a client of the pool with a secret."""

    def __init__(self, pool: UserPool) -> None:
        self.pool = pool
        self.directory = tempfile.TemporaryDirectory(prefix="apache-")
        self.folder = Path(self.directory.name)
        # Where it has root it gives it up, and nobody reads the pages, too.
        self.folder.chmod(0o755)
        self.log = self.folder / "log"
        for place in ("known", "api"):
            (self.folder / "pages" / place).mkdir(parents=True)
            (self.folder / "pages" / place / "index.html").write_text(f"this is {place}")
        for _ in range(STARTS):
            if self.starts():
                break
        else:
            raise AssertionError(f"apache ended: {self.said()}")

    def __enter__(self) -> "Apache":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)
        self.directory.cleanup()

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def starts(self) -> bool:
        """Starts the server on a free port, which its client of the pool knows."""
        port = free_port()
        # A name, so that the provider on 127.0.0.1 is another site.
        self.url = f"http://localhost:{port}"
        registered = self.pool.client(f"{self.url}/cb", f"{self.url}/api/", has_secret=True)
        self.client_id = registered["client_id"]
        files = {name: FOLDER / f"usr/lib/apache2/modules/mod_{name}.so" for name in MODULES}
        loaded = [f'LoadModule {name}_module "{path}"' for name, path in files.items()]
        configuration = self.folder / "configuration"
        configuration.write_text(CONFIGURATION.format(
            directory=self.folder, port=port, url=self.url, issuer=self.pool.issuer,
            modules="\n".join(loaded), **registered,
        ))
        libraries = (FOLDER / "usr" / "lib").glob("*-linux-*")
        self.process = subprocess.Popen(
            [FOLDER / "usr/sbin/apache2", "-D", "FOREGROUND", "-f", configuration],
            env={"LD_LIBRARY_PATH": ":".join(str(path) for path in libraries)},
        )
        deadline = time.monotonic() + START_S
        while self.process.poll() is None:
            # It is written when the port is taken.
            if (self.folder / "pid").exists():
                return True
            assert time.monotonic() < deadline, f"apache waits: {self.said()}"
            time.sleep(0.02)
        return False
