"""Signing what leaves by your own SMTP server: the key, and the act (RFC 6376).

The `cryptography` package computes a signature in about a millisecond; dkimpy, in pure Python,
takes ten. The tests have dkimpy verify every signature made here.
"""

from __future__ import annotations

import stat
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.dkim import signature_line
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

LEAST_BITS = 2048  # RFC 8301, 3.2: a signer should use no fewer
_WHERE = "`delivery.smtp.dkim`"
_MAKE = "make one with: openssl genrsa -out dkim.pem 2048"


@dataclass(frozen=True)
class DkimSigner:
    """Signs messages for a domain. The key is in no text of it."""

    domain: str
    selector: str
    key: RSAPrivateKey

    def __repr__(self) -> str:
        return f"DkimSigner({self.record_name})"

    def signed(self, content: bytes) -> bytes:
        """The message, its signature above it."""
        line = signature_line(
            content, domain=self.domain, selector=self.selector, sign=self._signature
        )
        return line + content

    @property
    def record_name(self) -> str:
        """Where receivers look for the public key."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The TXT record that belongs there (RFC 6376, 3.6.1)."""
        from cryptography.hazmat.primitives import serialization

        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={b64encode(public).decode('ascii')}"

    def _signature(self, said: bytes) -> bytes:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        return self.key.sign(said, padding.PKCS1v15(), hashes.SHA256())


def key_text(file: Path) -> str:
    """What a key's file holds.

    Raises:
        ConfigError: it cannot be read, or others than its owner may read it.
    """
    try:
        if file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            whose = "let the user who sends own it, and run"
            raise ConfigError(
                [f"{_WHERE}: others than its owner may read {file}; {whose}: chmod 600 {file}"]
            )
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise ConfigError(
            [f"{_WHERE}: the key {file} cannot be read ({error.strerror}); {_MAKE}"]
        ) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{_WHERE}: {file} is not a key in PEM form; {_MAKE}"]) from None


def private_key(pem: str) -> RSAPrivateKey:
    """The key that a text in PEM form holds.

    Raises:
        ConfigError: there is none, it has a password, it is not RSA, or it is too short.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode("ascii", "replace"), password=None)
    except TypeError:
        raise ConfigError([f"{_WHERE}: the key has a password; give one without"]) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError([f"{_WHERE}: that is no private key in PEM form; {_MAKE}"]) from None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError([f"{_WHERE}: the key is not an RSA key (rsa-sha256); {_MAKE}"])
    if key.key_size < LEAST_BITS:
        raise ConfigError(
            [f"{_WHERE}: the key has {key.key_size} bits, and {LEAST_BITS} are the least; {_MAKE}"]
        )
    return key
