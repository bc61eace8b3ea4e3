"""Clients of an authorization server, one for each way in which a client proves itself: what the
server has to know of them, and what Procura is told of them."""

import json

from authorization_server import AuthorizationServer
from service import Service

ACCOUNT = "000000000000"
# With characters that the header and the form write in different ways (RFC 6749 §2.3.1).
SECRET = "a secret of the checks: +/ %&= and forty letters long"
ALGORITHMS = ("ES256", "RS256", "PS256")
Told = dict[str, object]


def signing_key(service: Service, algorithm: str) -> dict:
    """A new key of the account, and its public half."""
    made = service.cli(
        "signing-keys", "create", "--account", ACCOUNT, "--algorithm", algorithm,
        "--output", "json",
    )
    [key] = json.loads(made.stdout)
    assert all("d" not in public for public in key["jwks"]["keys"]), key
    return key


def register(service: Service, server: AuthorizationServer, *others: dict) -> dict[str, Told]:
    """Registers the clients at the server, and others: by client id, how Procura is told to prove
    each."""
    keys = {algorithm: signing_key(service, algorithm) for algorithm in ALGORITHMS}
    by_secret = [
        {
            "client_id": f"by-{method}", "client_secret": SECRET,
            "token_endpoint_auth_method": f"client_secret_{method}",
        }
        for method in ("basic", "post")
    ]
    by_signature = [
        {
            "client_id": f"by-{algorithm.lower()}",
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": algorithm, "jwks": key["jwks"],
        }
        for algorithm, key in keys.items()
    ]
    server.clients(*by_secret, *by_signature, *others)
    return {
        **{f"by-{method}": with_secret(method) for method in ("basic", "post")},
        **{f"by-{algorithm.lower()}": with_key(key) for algorithm, key in keys.items()},
    }


def with_secret(method: str, secret: str = SECRET) -> Told:
    method = f"CLIENT_SECRET_{method.upper()}"
    return {"clientSecret": secret, "clientAuthenticationMethod": method}


def with_key(key: dict) -> Told:
    source = {"kmsKeySource": {"kmsKeyArn": key["arn"]}}
    signs = {"privateKeySource": source, "signingAlgorithm": key["algorithm"]}
    return {"clientAuthenticationMethod": "PRIVATE_KEY_JWT", "privateKeyJwtConfig": signs}


def provider(
    server: AuthorizationServer, client: str, told: Told, *, discovered: bool = True
) -> Told:
    """What Create and Update take, of a server that is known by its document or by its metadata."""
    metadata = {
        "issuer": server.issuer,
        "authorizationEndpoint": server.authorization_endpoint,
        "tokenEndpoint": server.token_endpoint,
    }
    discovery = (
        {"discoveryUrl": server.discovery_url} if discovered
        else {"authorizationServerMetadata": metadata}
    )
    block = {"clientId": client, "oauthDiscovery": discovery, **told}
    return {
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": {"customOauth2ProviderConfig": block},
    }
