"""Derived names (fold.md section 8) and the signatures of payment events (events.md)."""

import base64
import binascii
import hashlib
import hmac
import uuid

import curves

NAMESPACE = uuid.UUID("7b0c3a52-6f0e-5d0b-9d54-2f3c1b1f9a10")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _keyed(key: bytes, *parts: str) -> int:
    digest = hmac.digest(key, "\n".join(parts).encode(), "sha256")
    return int.from_bytes(digest[:8], "big")


def payment_code(key: bytes, prefix: str, length: int, programme_id: str, trainee_id: str,
                 enrollment_id: str) -> str:
    digits = length - len(prefix)
    number = _keyed(key, "payment-code", programme_id, trainee_id, enrollment_id)
    return f"{prefix}{number % 10**digits:0{digits}d}"


def _check_character(text: str) -> str:
    """ISO 7064 MOD 37,36."""
    product = 36
    for character in text:
        product = (product + ALPHANUMERIC.index(character)) % 36 or 36
        product = product * 2 % 37
    return ALPHANUMERIC[(37 - product) % 36]


def certificate_no(key: bytes, year: int, series_code: str, programme_id: str,
                   trainee_id: str) -> str:
    bits = _keyed(key, "certificate-no", programme_id, trainee_id) >> 4
    middle = "".join(CROCKFORD[bits >> shift & 31] for shift in range(55, -1, -5))
    check = _check_character(f"{year:04d}{series_code}{middle}")
    return f"{year:04d}-{series_code}-{middle}-{check}"


def event_id(name: bytes) -> str:
    digest = bytearray(hashlib.sha1(NAMESPACE.bytes + name).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class SignatureKey:
    """One key of `payment_signatures`."""

    def __init__(self, algorithm: str, banks: list[str], file_bytes: bytes):
        self.algorithm = algorithm
        self.banks = frozenset(banks)
        if algorithm == "hmac-sha256":
            self.key = file_bytes
            return
        body = b"".join(line for line in file_bytes.splitlines() if not line.startswith(b"--"))
        der = base64.b64decode(body)
        if algorithm == "ed25519":
            self.key = der[-32:]
        else:
            self.key = (int.from_bytes(der[-64:-32], "big"), int.from_bytes(der[-32:], "big"))

    def verifies(self, message: bytes, signature: bytes) -> bool:
        if self.algorithm == "hmac-sha256":
            return hmac.compare_digest(hmac.digest(self.key, message, "sha256"), signature)
        if self.algorithm == "ed25519":
            return curves.ed25519_verify(self.key, message, signature)
        return curves.sm2_verify(self.key, message, signature)


def strict_base64(text: bytes) -> bytes | None:
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return data if data and base64.b64encode(data) == text else None
