"""Signed web tokens: written with the simulator's own key, and read from clients that sign with theirs."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ALGORITHMS = ("RS256", "PS256")


class BadToken(ValueError):
    """It is not a web token, or somebody else has signed it."""


@dataclass(frozen=True, slots=True)
class Token:
    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    def check(self, key: rsa.RSAPublicKey) -> None:
        if self.header.get("alg") not in ALGORITHMS:
            raise BadToken("unknown algorithm")
        try:
            key.verify(self.signature, self.signed, _padding(self.header["alg"]), hashes.SHA256())
        except InvalidSignature as error:
            raise BadToken("the signature is invalid") from error


def read(text: str) -> Token:
    parts = text.split(".")
    if len(parts) != 3:
        raise BadToken("not three parts")
    try:
        header, claims = (msgspec.json.decode(decode(part), type=dict[str, Any]) for part in parts[:2])
        signature = decode(parts[2])
    except (ValueError, msgspec.DecodeError) as error:
        raise BadToken("cannot be decoded") from error
    return Token(header, claims, ".".join(parts[:2]).encode(), signature)


class Signer:
    """A key that lasts as long as the simulator: older tokens count for nothing after a restart."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.public = self._key.public_key()
        numbers = self.public.public_numbers()
        self._modulus = encode(numbers.n.to_bytes(256))
        self._exponent = encode(numbers.e.to_bytes(3))
        self.key_id = self._modulus[:27]

    def sign(self, claims: dict[str, Any]) -> str:
        header = {"typ": "JWT", "alg": "RS256", "kid": self.key_id, "x5t": self.key_id}
        signed = ".".join(encode(msgspec.json.encode(part)) for part in (header, claims))
        return f"{signed}.{encode(self._key.sign(signed.encode(), _padding('RS256'), hashes.SHA256()))}"

    def published(self) -> dict[str, Any]:
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.key_id, "x5t": self.key_id}
        return {"keys": [{**key, "n": self._modulus, "e": self._exponent}]}


def encode(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _padding(algorithm: str) -> padding.AsymmetricPadding:
    if algorithm == "PS256":
        return padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    return padding.PKCS1v15()
