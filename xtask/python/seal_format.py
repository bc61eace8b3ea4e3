"""A second implementation of the sealed format, written from its description alone.

It shares nothing with the Rust code but the text in crates/core/src/sealing.rs.
"""

import hmac
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HEADER = 1 + 1 + 16 + 4 + 32 + 32


class Unsealable(Exception):
    """The bytes do not open under this key at this place."""


@dataclass(frozen=True)
class Place:
    deployment: bytes
    account: bytes
    subject: bytes
    table: bytes
    column: bytes
    row: bytes
    row_version: int
    destination: bytes = b""

    def aad(self) -> bytes:
        fields = [
            self.deployment,
            self.account,
            self.subject,
            self.table,
            self.column,
            self.row,
            struct.pack(">Q", self.row_version),
            self.destination,
        ]
        return b"".join(struct.pack(">I", len(field)) + field for field in fields)


def _derive(key: bytes, salt: bytes, aad: bytes) -> tuple[bytes, bytes, bytes]:
    okm = HKDF(
        algorithm=hashes.SHA256(), length=76, salt=salt, info=b"procura seal v1" + aad
    ).derive(key)
    return okm[:32], okm[32:44], okm[44:]


def seal(
    key_id: bytes, key_version: int, key: bytes, place: Place, salt: bytes, plaintext: bytes
) -> bytes:
    aad = place.aad()
    aead_key, nonce, commitment = _derive(key, salt, aad)
    body = AESGCM(aead_key).encrypt(nonce, plaintext, aad)
    return b"\x01\x01" + key_id + struct.pack(">I", key_version) + salt + commitment + body


def key_of(sealed: bytes) -> tuple[bytes, int]:
    if len(sealed) < HEADER + 16 or sealed[:2] != b"\x01\x01":
        raise Unsealable("not a sealed value of a known format")
    return sealed[2:18], struct.unpack(">I", sealed[18:22])[0]


def open_sealed(key_id: bytes, key_version: int, key: bytes, place: Place, sealed: bytes) -> bytes:
    if key_of(sealed) != (key_id, key_version):
        raise Unsealable("sealed under another key")
    salt, commitment, body = sealed[22:54], sealed[54:86], sealed[86:]
    aad = place.aad()
    aead_key, nonce, expected = _derive(key, salt, aad)
    if not hmac.compare_digest(commitment, expected):
        raise Unsealable("the commitment does not fit")
    try:
        return AESGCM(aead_key).decrypt(nonce, body, aad)
    except InvalidTag as error:
        raise Unsealable("the tag does not fit") from error
