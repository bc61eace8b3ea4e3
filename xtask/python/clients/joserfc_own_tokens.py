"""Tokens of ours, verified by an implementation that is not: what a caller proves to others
(`GetWebIdentityToken` of an unmodified boto3 and AWS CLI, and by the SDK's decorator), and tokens of a
user pool whose key was replaced by one for ES256 and then taken back. Whoever verifies knows the
issuer alone. On both engines."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

sys.path.insert(0, str(Path(__file__).parent.parent))
from service import Service, each, refused

PASSWORD = "MyPassword123!"
AUDIENCE = "https://api.example.com"
AGENT = f"""
import asyncio
from bedrock_agentcore.identity.auth import requires_iam_access_token

@requires_iam_access_token(audience=["{AUDIENCE}"])
async def calls(*, access_token):
    print(access_token)

asyncio.run(calls())
"""


def verified(issuer: str, token: str, algorithm: str) -> dict:
    """What a verifier reads in a token."""
    with urlopen(f"{issuer}/.well-known/openid-configuration") as answer:
        metadata = json.load(answer)
    assert metadata["issuer"] == issuer, metadata
    assert algorithm in metadata["id_token_signing_alg_values_supported"], metadata
    with urlopen(metadata["jwks_uri"]) as answer:
        keys = KeySet.import_key_set(json.load(answer))
    read = jwt.decode(token, keys, algorithms=[algorithm])
    assert read.claims["iss"] == issuer, read.claims
    assert read.claims["exp"] > time.time(), read.claims
    return read.claims


def who_one_is(service: Service) -> None:
    sts = service.client("sts")
    environment = service.environment()
    issuer = f"{environment['AWS_ENDPOINT_URL_STS']}/identity/000000000000"
    arn = sts.get_caller_identity()["Arn"]
    for algorithm in ("ES384", "RS256"):
        given = sts.get_web_identity_token(Audience=[AUDIENCE], SigningAlgorithm=algorithm)
        claims = verified(issuer, given["WebIdentityToken"], algorithm)
        assert (claims["sub"], claims["aud"]) == (arn, AUDIENCE), claims
        assert claims["exp"] == int(given["Expiration"].timestamp()), (claims, given)
        assert claims["exp"] - claims["iat"] == 300, claims
        about = claims["https://sts.amazonaws.com/"]
        assert about["aws_account"] == "000000000000", about
        assert about["source_region"] == environment["AWS_REGION"], about
    refused(
        "ValidationError", sts.get_web_identity_token,
        Audience=[AUDIENCE], SigningAlgorithm="ES512",
    )
    said = subprocess.run(
        [str(Path(sys.executable).parent / "aws"), "sts", "get-web-identity-token",
         "--audience", AUDIENCE, "https://other.example.com", "--signing-algorithm", "ES384",
         "--duration-seconds", "60", "--output", "json"],
        check=True, capture_output=True, text=True, env={**os.environ, **environment},
    )
    claims = verified(issuer, json.loads(said.stdout)["WebIdentityToken"], "ES384")
    assert claims["aud"] == [AUDIENCE, "https://other.example.com"], claims
    assert claims["exp"] - claims["iat"] == 60, claims


def by_the_sdk(service: Service) -> None:
    environment = service.environment()
    said = subprocess.run(
        [sys.executable, "-c", AGENT],
        check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment},
    )
    issuer = f"{environment['AWS_ENDPOINT_URL_STS']}/identity/000000000000"
    claims = verified(issuer, said.stdout.strip(), "ES384")
    assert claims["aud"] == AUDIENCE, claims


def keys_of(service: Service, pool: str) -> list[dict]:
    return json.loads(service.cli("--output", "json", "pools", "keys", pool).stdout)


def keys_take_turns(service: Service) -> None:
    pools = service.client("cognito-idp")
    pool = pools.create_user_pool(PoolName="keys")["UserPool"]["Id"]
    app = pools.create_user_pool_client(
        UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]["ClientId"]
    pools.admin_create_user(UserPoolId=pool, Username="alice", MessageAction="SUPPRESS")
    pools.admin_set_user_password(
        UserPoolId=pool, Username="alice", Password=PASSWORD, Permanent=True,
    )
    issuer = f"{service.environment()['AWS_ENDPOINT_URL_STS']}/{pool}"

    def signs_in() -> dict:
        parameters = {"USERNAME": "alice", "PASSWORD": PASSWORD}
        return pools.initiate_auth(
            ClientId=app, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters,
        )["AuthenticationResult"]

    before = signs_in()
    verified(issuer, before["IdToken"], "RS256")
    [first] = keys_of(service, pool)
    assert (first["algorithm"], first["state"]) == ("RS256", "signing"), first
    service.cli("pools", "rotate-key", pool, "--algorithm", "ES256", "--now")
    after = signs_in()
    claims = verified(issuer, after["IdToken"], "ES256")
    assert claims["aud"] == app, claims
    verified(issuer, before["IdToken"], "RS256")
    service.cli("pools", "revoke-key", pool, first["kid"])
    assert [key["algorithm"] for key in keys_of(service, pool)] == ["ES256"]
    refused("NotAuthorizedException", pools.get_user, AccessToken=before["AccessToken"])
    pools.get_user(AccessToken=after["AccessToken"])
    with urlopen(f"{issuer}/.well-known/jwks.json") as answer:
        keys = KeySet.import_key_set(json.load(answer))
    try:
        jwt.decode(before["IdToken"], keys, algorithms=["RS256", "ES256"])
    except (JoseError, ValueError):
        return
    sys.exit("a token of a key that was taken back is verified")


def main() -> None:
    for engine, service in each():
        who_one_is(service)
        by_the_sdk(service)
        keys_take_turns(service)
        print(f"own tokens on {engine}: ok")


if __name__ == "__main__":
    main()
