"""The other side of `cargo xtask prove jwt`.

jose_oracle.py make COUNT  reads claims on stdin; writes NDJSON of {alg, jwk, token}, COUNT for each
                           algorithm, each algorithm with one new key
jose_oracle.py check       reads NDJSON of {alg, jwk, token}; each must verify; writes the count
"""

import base64
import json
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {
    "ES256": ("P-256", ec.SECP256R1(), 32),
    "ES384": ("P-384", ec.SECP384R1(), 48),
    "ES512": ("P-521", ec.SECP521R1(), 66),
}
ALGORITHMS = [*CURVES, "EdDSA", "Ed25519"] + [f"{kind}{bits}" for kind in ("RS", "PS") for bits in HASHES]


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def integer(number: int, length: int | None = None) -> str:
    return encode(number.to_bytes(length or (number.bit_length() + 7) // 8, "big"))


def rsa_padding(alg: str):
    digest = HASHES[alg[2:]]
    if alg.startswith("RS"):
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(digest), digest.digest_size)


def new_key(alg: str):
    if alg in CURVES:
        return ec.generate_private_key(CURVES[alg][1])
    if alg in ("EdDSA", "Ed25519"):
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, 2048)


def public_jwk(alg: str, key) -> dict:
    if alg in CURVES:
        name, _, size = CURVES[alg]
        point = key.public_key().public_numbers()
        members = {"kty": "EC", "crv": name, "x": integer(point.x, size), "y": integer(point.y, size)}
    elif alg in ("EdDSA", "Ed25519"):
        members = {"kty": "OKP", "crv": "Ed25519", "x": encode(key.public_key().public_bytes_raw())}
    else:
        numbers = key.public_key().public_numbers()
        members = {"kty": "RSA", "n": integer(numbers.n), "e": integer(numbers.e)}
    return members | {"kid": f"key of {alg}", "use": "sig", "key_ops": ["verify"]}


def sign(alg: str, key, message: bytes) -> bytes:
    if alg in CURVES:
        size = CURVES[alg][2]
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(HASHES[alg[2:]])))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    if alg in ("EdDSA", "Ed25519"):
        return key.sign(message)
    return key.sign(message, rsa_padding(alg), HASHES[alg[2:]])


def verify(alg: str, jwk: dict, message: bytes, signature: bytes) -> None:
    number = lambda name: int.from_bytes(decode(jwk[name]), "big")
    if alg == "ES256":
        key = ec.EllipticCurvePublicNumbers(number("x"), number("y"), ec.SECP256R1()).public_key()
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    elif alg == "EdDSA":
        ed25519.Ed25519PublicKey.from_public_bytes(decode(jwk["x"])).verify(signature, message)
    else:
        key = rsa.RSAPublicNumbers(number("e"), number("n")).public_key()
        key.verify(signature, message, rsa_padding(alg), hashes.SHA256())


def command_make(count: int) -> None:
    claims = json.load(sys.stdin)
    for alg in ALGORITHMS:
        key = new_key(alg)
        jwk = public_jwk(alg, key)
        for number in range(count):
            header = {"typ": "JWT", "alg": alg, "kid": jwk["kid"]}
            claims["jti"] = f"{alg}-{number}"
            parts = [encode(json.dumps(part, indent=number % 3 or None).encode()) for part in (header, claims)]
            message = ".".join(parts)
            token = f"{message}.{encode(sign(alg, key, message.encode()))}"
            print(json.dumps({"alg": alg, "jwk": jwk, "token": token}))


def command_check() -> None:
    count = 0
    for text in sys.stdin:
        line = json.loads(text)
        message, signature = line["token"].rsplit(".", 1)
        header = json.loads(decode(message.split(".")[0]))
        if header["alg"] != line["alg"] or header["kid"] != line["jwk"]["kid"]:
            sys.exit("a header names another key")
        verify(line["alg"], line["jwk"], message.encode(), decode(signature))
        count += 1
    print(count)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", count]:
            command_make(int(count))
        case ["check"]:
            command_check()
        case _:
            sys.exit(__doc__)
