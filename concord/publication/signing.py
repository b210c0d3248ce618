"""The key that signs editions: Ed25519, made on first use, kept in the data folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

KEY_FILE = "edition-key.pem"
RETIRED_FILE = "retired-edition-keys.txt"


def sign(content: bytes) -> tuple[str, str]:
    """The signature of these bytes and the public key that checks it, both as hexadecimal digits.

    Source: RFC 8032 (Ed25519), over the bytes themselves, so that any tool can check it offline.
    """
    key = _private_key()
    return key.sign(content).hex(), _public_hex(key.public_key())


def is_signed(content: bytes, signature: str, public_key: str) -> bool:
    """Whether the signature was made over exactly these bytes with the key of this public key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def known_keys() -> frozenset[str]:
    """The public keys that may have signed an edition here: today's, and those listed as retired.

    An edition signed with any other key did not come from this installation. Reading makes no key:
    where none was made yet and none is retired, empty.
    """
    retired = _folder() / RETIRED_FILE
    listed = retired.read_text().split() if retired.exists() else []
    own = [_public_hex(_private_key().public_key())] if _path().exists() else []
    return frozenset([*listed, *own])


def public_key_pem(public_key: str) -> str:
    """A public key in the form that openssl and others read."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def _private_key() -> Ed25519PrivateKey:
    path = _path()
    if not path.exists():
        _make_key(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds a key of another kind")
    return key


def _make_key(path: Path) -> None:
    """Two processes at once: the first one's key stays."""
    fresh = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".edition-key-")  # mode 600
    with os.fdopen(descriptor, "wb") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


def _public_hex(key: Ed25519PublicKey) -> str:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def _folder() -> Path:
    return Path(settings.DATA) / "keys"


def _path() -> Path:
    return _folder() / KEY_FILE
