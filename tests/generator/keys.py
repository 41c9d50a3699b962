"""The keys of a test installation, all from one seed, and what is derived or signed with them.

The generator plays the banks and the trainees' side of the SMS, so it must know payment codes and
certificate numbers beforehand; it derives them here by itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .sm2 import PrivateKey as Sm2PrivateKey

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The algorithms take turns along the programme's banks.
ALGORITHMS = ("ed25519", "sm2-sm3", "hmac-sha256")
UNLISTED_BANK = "ELSEWHERE"
FILES = {
    "payment_code": "payment-code.key",
    "certificate_no": "certificate-no.key",
    "person": "person.key",
    "person_index": "person-index.key",
}
ISSUER_FILE = "issuer-1.pem"


@dataclass
class BankKey:
    """One bank's signing key, as the bank holds it."""

    key_id: str
    banks: tuple[str, ...]  # that it signs for
    algorithm: str
    secret: bytes

    @property
    def file(self) -> str:
        return f"{self.key_id}.{'key' if self.algorithm == 'hmac-sha256' else 'pub'}"

    def __post_init__(self) -> None:
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(self.secret)
        self._sm2 = Sm2PrivateKey(self.secret) if self.algorithm == "sm2-sm3" else None

    def verifying_bytes(self) -> bytes:
        """What the daemon gets: the shared secret, or the public key in PEM."""
        if self.algorithm == "hmac-sha256":
            return self.secret
        if self._sm2:
            return self._sm2.public_pem().encode()
        return self._ed25519.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, event_id: str, event_type: str, event_time: str, value: bytes) -> str:
        message = f"{event_id}\n{event_type}\n{event_time}\n".encode() + value
        if self.algorithm == "hmac-sha256":
            signature = hmac.digest(self.secret, message, "sha256")
        elif self._sm2:
            # Some banks' libraries give DER, others the bare 64 bytes.
            signature = self._sm2.sign(message, der=hashlib.sha256(message).digest()[0] < 128)
        else:
            signature = self._ed25519.sign(message)
        return base64.b64encode(signature).decode()


class Keys:
    def __init__(self, seed: int | str, banks: tuple[str, ...]):
        self.secrets = {name: self._secret(seed, name) for name in FILES}
        self.issuer = Ed25519PrivateKey.from_private_bytes(self._secret(seed, "issuer"))
        self.banks = {
            bank: BankKey(
                key_id=f"{bank.lower()}-1",
                # A clearing house's key may sign for a bank that no programme names.
                banks=(bank, UNLISTED_BANK) if i == 0 else (bank,),
                algorithm=ALGORITHMS[i % len(ALGORITHMS)],
                secret=self._secret(seed, f"bank {bank}"),
            )
            for i, bank in enumerate(banks)
        }

    def write(self, directory: Path) -> None:
        """Every key file that xueshid.conf names, readable by us alone."""
        directory.mkdir(parents=True, exist_ok=True)
        contents = {FILES[name]: secret for name, secret in self.secrets.items()}
        contents[ISSUER_FILE] = self.issuer.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        for key in self.banks.values():
            contents[key.file] = key.verifying_bytes()
        for name, content in contents.items():
            descriptor = os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)

    def payment_code(
        self, prefix: str, length: int, programme_id: str, trainee_id: str, enrollment_id: str
    ) -> str:
        digits = length - len(prefix)
        parts = ("payment-code", programme_id, trainee_id, enrollment_id)
        number = int.from_bytes(self._derive("payment_code", parts)[:8], "big")
        return prefix + f"{number % 10**digits:0{digits}}"

    def certificate_no(self, year: int, series: str, programme_id: str, trainee_id: str) -> str:
        mac = self._derive("certificate_no", ("certificate-no", programme_id, trainee_id))
        bits = int.from_bytes(mac[:8], "big") >> 4
        body = "".join(CROCKFORD[bits >> shift & 31] for shift in range(55, -1, -5))
        return f"{year}-{series}-{body}-{check_character(f'{year}{series}{body}')}"

    def _derive(self, key: str, parts: tuple[str, ...]) -> bytes:
        return hmac.digest(self.secrets[key], "\n".join(parts).encode(), "sha256")

    @staticmethod
    def _secret(seed: int | str, name: str) -> bytes:
        return hashlib.sha256(f"xueshi test key {seed} {name}".encode()).digest()


def check_character(text: str) -> str:
    """ISO 7064 MOD 37,36."""
    product = 36
    for character in text:
        total = (product + ALPHANUMERIC.index(character)) % 36 or 36
        product = total * 2 % 37
    return ALPHANUMERIC[(37 - product) % 36]
