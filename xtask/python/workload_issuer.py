"""An issuer of workload tokens, as a Kubernetes cluster is one: a key, a discovery document, and
tokens that it projects into files."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class WorkloadIssuer:
    """Signs with RS256, as clusters do."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def documents(self) -> dict[str, dict]:
        public = self.key.public_key().public_numbers()
        key = {
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
            "n": number(public.n), "e": number(public.e),
        }
        metadata = {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/openid/v1/jwks",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return {
            "/.well-known/openid-configuration": metadata,
            "/openid/v1/jwks": {"keys": [key]},
        }

    def token(self, subject: str, audience: str, **claims: object) -> str:
        now = int(time.time())
        told = {
            "iss": self.url, "sub": subject, "aud": [audience],
            "iat": now, "nbf": now, "exp": now + 3600, **claims,
        }
        parts = [encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "1"}, told)]
        signed = ".".join(parts)
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{encoded(signature)}"

    def project(self, file: Path, subject: str, audience: str, **claims: object) -> None:
        """Puts a token in a file, as a node does for a pod."""
        file.write_text(self.token(subject, audience, **claims))


@contextmanager
def workload_issuer() -> Iterator[WorkloadIssuer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = issuer.documents().get(self.path)
            body = json.dumps(document).encode()
            self.send_response(200 if document else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = WorkloadIssuer(f"http://127.0.0.1:{server.server_address[1]}")
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        serving.join()
