"""SM2 signatures with SM3 (GB/T 32918), enough for a test's bank to sign a few hundred callbacks.

Written from the standard and not with the library that the daemon verifies with. Nonces are
derived from key and message, so a log can be generated again byte for byte. Not constant in time:
for test keys only.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
DISTID = b"1234567812345678"
# SubjectPublicKeyInfo of an uncompressed point on the curve 1.2.156.10197.1.301, up to the point.
SPKI_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")

Point = tuple[int, int]
Jacobian = tuple[int, int, int]


def _sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def _double(point: Point) -> Point:
    x, y = point
    slope = (3 * x * x + A) * pow(2 * y, -1, P) % P
    x3 = (slope * slope - 2 * x) % P
    return x3, (slope * (x - x3) - y) % P


def _add(left: Jacobian, right: Point) -> Jacobian:
    """Mixed addition of two different points, neither the other's opposite."""
    x1, y1, z1 = left
    if z1 == 0:
        return right[0], right[1], 1
    zz = z1 * z1 % P
    h = (right[0] * zz - x1) % P
    r = (right[1] * zz * z1 - y1) % P
    hh = h * h % P
    hhh = hh * h % P
    v = x1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y1 * hhh) % P, z1 * h % P


@functools.cache
def _powers_of_two() -> tuple[Point, ...]:
    points = [G]
    while len(points) < 256:
        points.append(_double(points[-1]))
    return tuple(points)


def _times_g(factor: int) -> Point:
    total: Jacobian = (0, 1, 0)
    for bit, point in enumerate(_powers_of_two()):
        if factor >> bit & 1:
            total = _add(total, point)
    inverse = pow(total[2], -1, P)
    return total[0] * inverse**2 % P, total[1] * inverse**3 % P


def _bytes(number: int) -> bytes:
    return number.to_bytes(32, "big")


def _der_integer(number: int) -> bytes:
    body = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return bytes([2, len(body)]) + body


class PrivateKey:
    def __init__(self, seed: bytes):
        digest = hashlib.sha512(b"sm2 key" + seed).digest()
        self.secret = int.from_bytes(digest, "big") % (N - 2) + 1
        self.public = _times_g(self.secret)
        curve = b"".join(map(_bytes, (A, B, *G, *self.public)))
        self.identity = _sm3((8 * len(DISTID)).to_bytes(2, "big") + DISTID + curve)

    def public_pem(self) -> str:
        text = base64.b64encode(SPKI_PREFIX + b"".join(map(_bytes, self.public))).decode()
        lines = [text[i : i + 64] for i in range(0, len(text), 64)]
        return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])

    def sign(self, message: bytes, der: bool = True) -> bytes:
        """The signature in DER, or as the 64 bytes r||s."""
        e = int.from_bytes(_sm3(self.identity + message), "big")
        r, s, attempt = 0, 0, 0
        while r == 0 or s == 0 or r + s == N:
            nonce = hmac.digest(_bytes(self.secret), bytes([attempt]) + message, "sha512")
            k = int.from_bytes(nonce, "big") % (N - 1) + 1
            r = (e + _times_g(k)[0]) % N
            s = pow(1 + self.secret, -1, N) * (k - r * self.secret) % N
            attempt += 1
        if not der:
            return _bytes(r) + _bytes(s)
        body = _der_integer(r) + _der_integer(s)
        return bytes([0x30, len(body)]) + body
