"""`oidc-provider` as the issuer of users' tokens, on both engines: ES256, RS256 and EdDSA, what is
refused, and a rotation of its keys while the service runs.

A service asks an issuer for its keys at most every 30 seconds. Both engines run side by side, so
that the check waits once for what is left of that time after all else is done.
"""

import hashlib
import hmac
import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

sys.path.insert(0, str(Path(__file__).parent.parent))
from authorization_server import AuthorizationServer, encoded, parts
from service import Service, engines, refused, running

ACCOUNT = "000000000000"
APP = {
    "client_id": "the-app", "client_secret": "a secret of the checks, forty letters long",
    "token_endpoint_auth_method": "client_secret_basic",
}
ALGORITHMS = ("ES256", "RS256", "EdDSA")
# Twice the time between two fetches.
PATIENCE_S = 60


def token_of(server: AuthorizationServer, sub: str, algorithm: str = "ES256", **more: str) -> str:
    app = APP["client_id"], APP["client_secret"]
    return server.user_token(*app, sub, algorithm, **more)


class Host:
    """A host of agents, which hands on the tokens of its users."""

    def __init__(self, engine: str, service: Service) -> None:
        self.engine = engine
        self.service = service
        self.data = service.client("bedrock-agentcore")
        self.exports = 0
        service.client("bedrock-agentcore-control").create_workload_identity(name="agent")

    def mints(self, token: str) -> str:
        """The record of a token that was minted."""
        minted = self.data.get_workload_access_token_for_jwt(workloadName="agent", userToken=token)
        assert minted["workloadAccessToken"], minted
        return minted["ResponseMetadata"]["HTTPHeaders"]["x-procura-record"]

    def refuses(self, token: str, code: str = "UnauthorizedException") -> str:
        call = self.data.get_workload_access_token_for_jwt
        return refused(code, call, workloadName="agent", userToken=token)

    def records(self) -> dict[str, dict]:
        """All records, by id."""
        self.exports += 1
        file = self.service.directory / f"export-{self.exports}.jsonl"
        self.service.cli("audit", "export", str(file))
        lines = [json.loads(line) for line in file.read_text().splitlines() if line.startswith("{")]
        return {line["id"]: line for line in lines if "id" in line}


def users_are_proved(host: Host, server: AuthorizationServer) -> None:
    alice = [host.mints(token_of(server, "alice", algorithm)) for algorithm in ALGORITHMS]
    again = token_of(server, "alice")
    alice += [host.mints(again), host.mints(again)]
    bob = host.mints(token_of(server, "bob"))
    asserted = host.data.get_workload_access_token_for_user_id(workloadName="agent", userId="alice")
    records = host.records()
    assert len({records[record]["user"] for record in alice}) == 1
    assert records[bob]["user"] != records[alice[0]]["user"]
    named = records[asserted["ResponseMetadata"]["HTTPHeaders"]["x-procura-record"]]
    assert named["user_kind"] == "asserted" and named["user"] != records[alice[0]]["user"], named
    for record in (*alice, bob):
        assert records[record]["user_kind"] == "verified", records[record]
        assert "the issuer is not registered" in records[record]["reason"], records[record]
    assert "alice" not in json.dumps(records) and again not in json.dumps(records)


def claims_signed_anew(token: str, alg: str, sign, **claims: object) -> str:
    """The token with these claims and this algorithm, and a signature by `sign`."""
    header, told = parts(token)
    head, body = {**header, "alg": alg}, {**told, **claims}
    signed = ".".join(encoded(json.dumps(part).encode()) for part in (head, body))
    return f"{signed}.{encoded(sign(signed.encode()))}"


def forgeries(token: str) -> dict[str, str]:
    """Tokens that the issuer did not sign, made of one that it signed."""
    own = ec.generate_private_key(ec.SECP256R1())
    own_rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = own.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    def es256(signed: bytes) -> bytes:
        r, s = utils.decode_dss_signature(own.sign(signed, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def rs256(signed: bytes) -> bytes:
        return own_rsa.sign(signed, padding.PKCS1v15(), hashes.SHA256())

    def hs256(signed: bytes) -> bytes:
        return hmac.new(public, signed, hashlib.sha256).digest()

    head, body, signature = token.split(".")
    other = "A" if signature[0] != "A" else "B"
    _, claims = parts(token)
    elsewhere = encoded(json.dumps({**claims, "sub": "mallory"}).encode())
    return {
        "by another key": claims_signed_anew(token, "ES256", es256),
        "by another kind of key": claims_signed_anew(token, "RS256", rs256),
        "by the public key": claims_signed_anew(token, "HS256", hs256),
        "of another user": f"{head}.{elsewhere}.{signature}",
        "with another signature": f"{head}.{body}.{other}{signature[1:]}",
        "none, signed": claims_signed_anew(token, "none", es256),
        "None": claims_signed_anew(token, "None", es256),
    }


def what_is_not_proved_is_refused(host: Host, server: AuthorizationServer) -> None:
    for algorithm in ALGORITHMS:
        message = host.refuses(token_of(server, "alice", algorithm, ended_s_ago="300"))
        assert "expired" in message, message
    good = token_of(server, "alice")
    host.mints(good)
    for what, forged in forgeries(good).items():
        message = host.refuses(forged)
        assert forged not in message and "alice" not in message, (what, message)
    # Without any signature it is not even of the form that the public model demands of a token.
    host.refuses(claims_signed_anew(good, "none", lambda _: b""), "ValidationException")
    host.mints(good)


def a_registered_issuer_is_held_to_it(host: Host, server: AuthorizationServer) -> None:
    issuers = "issuers", "register", server.issuer, "--account", ACCOUNT, "--algorithm", "ES256"
    seen = token_of(server, "alice", "RS256")
    host.mints(seen)
    host.service.cli(*issuers, "--audience", "https://es256.example", "--client", "the-app")
    record = host.mints(token_of(server, "alice", "ES256"))
    assert "the issuer is registered" in host.records()[record]["reason"]
    # What was believed before, too.
    for token in (seen, token_of(server, "alice", "RS256"), token_of(server, "alice", "EdDSA")):
        host.refuses(token)
    host.service.cli("issuers", "remove", server.issuer, "--account", ACCOUNT)
    host.service.cli(*issuers, "--audience", "https://es256.example", "--client", "another-app")
    host.refuses(token_of(server, "alice", "ES256"))
    host.service.cli("issuers", "remove", server.issuer, "--account", ACCOUNT)
    host.mints(seen)


def an_issuer_that_is_away_can_come_back(host: Host) -> None:
    with AuthorizationServer() as other:
        other.clients(APP)
        token = token_of(other, "alice")
    host.refuses(token, "ThrottlingException")


def keys_are_rotated(hosts: list[Host], server: AuthorizationServer) -> None:
    seen, unseen = token_of(server, "alice"), token_of(server, "alice")
    before = {host.engine: host.mints(seen) for host in hosts}
    server.do("rotate")
    fresh = {algorithm: token_of(server, "alice", algorithm) for algorithm in ALGORITHMS}
    for host in hosts:
        after = mints_soon(host, fresh["ES256"])
        for token in (fresh["RS256"], fresh["EdDSA"]):
            host.mints(token)
        # The keys of these are gone, whether they were believed before or not.
        for token in (seen, unseen):
            host.refuses(token)
        records = host.records()
        assert records[after]["user"] == records[before[host.engine]]["user"]


def mints_soon(host: Host, token: str) -> str:
    """The record of a token whose key the service cannot know before it asks the issuer again."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return host.mints(token)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "UnauthorizedException", error
            assert time.monotonic() < deadline, f"the new key is not fetched: {error}"
        time.sleep(0.5)


def main() -> None:
    with ExitStack() as stack:
        server = stack.enter_context(AuthorizationServer())
        server.clients(APP)
        hosts = [
            Host(engine, stack.enter_context(running(store))) for engine, store in engines()
        ]
        for host in hosts:
            users_are_proved(host, server)
            what_is_not_proved_is_refused(host, server)
            a_registered_issuer_is_held_to_it(host, server)
            an_issuer_that_is_away_can_come_back(host)
        keys_are_rotated(hosts, server)
        for host in hosts:
            verified = host.service.cli("audit", "verify").stdout
            assert verified.startswith("verified: "), verified
            print(f"oidc-provider as issuer on {host.engine}: ok; {verified.strip()}")


if __name__ == "__main__":
    main()
