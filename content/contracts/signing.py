"""Ed25519 over the DSSE pre-authentication bytes: who signed, and that nothing was changed since."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from content.contracts import lpjson
from content.errors import ContractError


def pre_authentication(payload_type: str, body: bytes) -> bytes:
    """Return the bytes that are signed: `DSSEv1 <len type> <type> <len body> <body>`."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)


@dataclass(frozen=True)
class PublicKey:
    """A key to check signatures with; `raw` is its 32 bytes."""

    raw: bytes

    @classmethod
    def from_hex(cls, text: str) -> PublicKey:
        """Return the key that 64 hex digits name, or raise ContractError."""
        try:
            raw = bytes.fromhex(text)
        except ValueError:
            raw = b""
        if len(raw) != 32:  # noqa: PLR2004
            raise ContractError("Khóa công khai phải là 64 chữ số thập lục phân.")
        return cls(raw)

    @property
    def keyid(self) -> str:
        """The first 16 hex digits of the key's sha256."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def verify(self, payload_type: str, body: bytes, signature: bytes) -> None:
        """Raise ContractError unless `signature` is this key's over `body`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(
                signature, pre_authentication(payload_type, body)
            )
        except InvalidSignature as error:
            raise ContractError("Chữ ký không khớp với khóa {keyid}.", keyid=self.keyid) from error


@dataclass(frozen=True)
class PrivateKey:
    """A key to sign with; `raw` is its 32 secret bytes and never printed."""

    raw: bytes

    @classmethod
    def generate(cls) -> PrivateKey:
        """Return a new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def public(self) -> PublicKey:
        """The key that checks what this one signs."""
        return PublicKey(_signer(self.raw).public_key().public_bytes_raw())

    def sign(self, payload_type: str, body: bytes) -> bytes:
        """Return the 64 bytes of the signature over `body`."""
        return _signer(self.raw).sign(pre_authentication(payload_type, body))

    def __repr__(self) -> str:
        return f"PrivateKey(keyid={self.public.keyid})"


@lru_cache(maxsize=4)
def _signer(raw: bytes) -> Ed25519PrivateKey:
    """Return the library's form of a key: a centre signs for hundreds of stations in one go."""
    return Ed25519PrivateKey.from_private_bytes(raw)


def seal_envelope(payload_type: str, payload: bytes, key: PrivateKey) -> bytes:
    """Return the DSSE envelope of `payload` signed by `key`, as LP-JSON bytes."""
    signature = {"keyid": key.public.keyid, "sig": to_base64(key.sign(payload_type, payload))}
    return lpjson.encode(
        {"payloadType": payload_type, "payload": to_base64(payload), "signatures": [signature]}
    )


def open_envelope(payload_type: str, envelope: bytes, keys: list[PublicKey]) -> bytes:
    """Return the payload of `envelope` if one of `keys` signed it, else raise ContractError."""
    message = lpjson.decode(envelope)
    if not isinstance(message, dict) or message.get("payloadType") != payload_type:
        raise ContractError("Bản tin nhận được không phải loại {type}.", type=payload_type)
    payload = from_base64(message.get("payload"))
    signatures = message.get("signatures")
    for entry in signatures if isinstance(signatures, list) else []:
        key = _key_named(entry, keys)
        if key is not None:
            key.verify(payload_type, payload, from_base64(entry.get("sig")))
            return payload
    raise ContractError("Không có chữ ký nào của trung tâm đã ghi danh.")


def _key_named(entry: Any, keys: list[PublicKey]) -> PublicKey | None:
    named = entry.get("keyid") if isinstance(entry, dict) else None
    return next((key for key in keys if key.keyid == named), None)


def to_base64(data: bytes) -> str:
    """Return standard base64 text."""
    return base64.b64encode(data).decode()


def from_base64(text: object) -> bytes:
    """Return the bytes of standard base64 text, or raise ContractError."""
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ContractError("Dữ liệu base64 bị hỏng.") from error
