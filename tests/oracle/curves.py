"""Ed25519 (RFC 8032) and SM2 with SM3 (GM/T 0003.2, 0004): enough to sign and to verify.

Slow, short and for tests only: nothing here hides a secret key from a stop-watch.
"""

import hashlib
import hmac

# --- Ed25519 -------------------------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_NEUTRAL = (0, 1, 1, 0)


def _ed_add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    m, n = (y1 - x1) * (y2 - x2) % _P, (y1 + x1) * (y2 + x2) % _P
    c, d = 2 * t1 * t2 * _D % _P, 2 * z1 * z2 % _P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _ed_mul(scalar: int, point):
    result = _NEUTRAL
    while scalar:
        if scalar & 1:
            result = _ed_add(result, point)
        point = _ed_add(point, point)
        scalar >>= 1
    return result


def _ed_decode(data: bytes):
    number = int.from_bytes(data, "little")
    y, odd = number & (1 << 255) - 1, number >> 255
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    square = u * pow(v, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT % _P
    if x * x % _P != square or (x == 0 and odd):
        return None
    if x & 1 != odd:
        x = _P - x
    return x, y, 1, x * y % _P


def _ed_encode(point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, _P - 2, _P)
    return (y * inverse % _P | (x * inverse % _P & 1) << 255).to_bytes(32, "little")


_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE = _ed_decode(_Y.to_bytes(32, "little"))


def _sha512(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    key, nonce = _ed_decode(public), _ed_decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or s >= _L:
        return False
    challenge = _sha512(signature[:32], public, message) % _L
    right = _ed_add(nonce, _ed_mul(challenge, key))
    return _ed_encode(_ed_mul(s, _BASE)) == _ed_encode(right)


def _ed_secret(seed: bytes) -> tuple[int, bytes]:
    digest = hashlib.sha512(seed).digest()
    clamped = bytearray(digest[:32])
    clamped[0] &= 248
    clamped[31] = clamped[31] & 63 | 64
    return int.from_bytes(clamped, "little"), digest[32:]


def ed25519_public(seed: bytes) -> bytes:
    return _ed_encode(_ed_mul(_ed_secret(seed)[0], _BASE))


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    scalar, prefix = _ed_secret(seed)
    public = _ed_encode(_ed_mul(scalar, _BASE))
    nonce = _sha512(prefix, message) % _L
    point = _ed_encode(_ed_mul(nonce, _BASE))
    s = (nonce + _sha512(point, public, message) * scalar) % _L
    return point + s.to_bytes(32, "little")


# --- SM3 -----------------------------------------------------------------------------------

_M32 = 0xFFFFFFFF
_SM3_IV = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600,
           0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)  # fmt: skip


def _rotate(x: int, n: int) -> int:
    n %= 32
    return (x << n | x >> (32 - n)) & _M32


def _sm3_words(block: bytes) -> list[int]:
    w = [int.from_bytes(block[i:i + 4], "big") for i in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ _rotate(w[j - 3], 15)
        w.append(x ^ _rotate(x, 15) ^ _rotate(x, 23) ^ _rotate(w[j - 13], 7) ^ w[j - 6])
    return w


def _sm3_compress(state: tuple, block: bytes) -> tuple:
    w = _sm3_words(block)
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        constant = 0x79CC4519 if j < 16 else 0x7A879D8A
        ss1 = _rotate((_rotate(a, 12) + e + _rotate(constant, j)) & _M32, 7)
        ss2 = ss1 ^ _rotate(a, 12)
        ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
        gg = e ^ f ^ g if j < 16 else e & f | ~e & g
        tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & _M32
        tt2 = (gg + h + ss1 + w[j]) & _M32
        a, b, c, d = tt1, a, _rotate(b, 9), c
        e, f, g, h = tt2 ^ _rotate(tt2, 9) ^ _rotate(tt2, 17), e, _rotate(f, 19), g
    return tuple(x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h)))


def sm3(message: bytes) -> bytes:
    padded = message + b"\x80" + bytes((55 - len(message)) % 64)
    padded += (8 * len(message)).to_bytes(8, "big")
    state = _SM3_IV
    for at in range(0, len(padded), 64):
        state = _sm3_compress(state, padded[at:at + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


# --- SM2 -----------------------------------------------------------------------------------

_Q = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _Q - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
      0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)  # fmt: skip
DISTID = b"1234567812345678"


def _sm2_double(p):
    x, y, z = p
    if not y:
        return 1, 1, 0
    delta, gamma = z * z % _Q, y * y % _Q
    beta = x * gamma % _Q
    alpha = 3 * (x - delta) * (x + delta) % _Q
    x3 = (alpha * alpha - 8 * beta) % _Q
    return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % _Q, 2 * y * z % _Q


def _sm2_add(p, q):
    if not p[2]:
        return q
    if not q[2]:
        return p
    z1, z2 = p[2] * p[2] % _Q, q[2] * q[2] % _Q
    u1, u2 = p[0] * z2 % _Q, q[0] * z1 % _Q
    s1, s2 = p[1] * q[2] * z2 % _Q, q[1] * p[2] * z1 % _Q
    if u1 == u2:
        return _sm2_double(p) if s1 == s2 else (1, 1, 0)
    h, r = u2 - u1, s2 - s1
    h2 = h * h % _Q
    h3, v = h * h2 % _Q, u1 * h2 % _Q
    x3 = (r * r - h3 - 2 * v) % _Q
    return x3, (r * (v - x3) - s1 * h3) % _Q, h * p[2] * q[2] % _Q


def _sm2_mul(scalar: int, point: tuple[int, int]):
    result, addend = (1, 1, 0), (*point, 1)
    while scalar:
        if scalar & 1:
            result = _sm2_add(result, addend)
        addend = _sm2_double(addend)
        scalar >>= 1
    return result


def _sm2_affine(p) -> tuple[int, int]:
    inverse = pow(p[2], _Q - 2, _Q)
    return p[0] * inverse * inverse % _Q, p[1] * pow(inverse, 3, _Q) % _Q


def _sm2_digest(public: tuple[int, int], message: bytes) -> int:
    head = (8 * len(DISTID)).to_bytes(2, "big") + DISTID
    z = sm3(head + b"".join(n.to_bytes(32, "big") for n in (_A, _B, *_G, *public)))
    return int.from_bytes(sm3(z + message), "big")


def _sm2_verify_pair(public: tuple[int, int], digest: int, r: int, s: int) -> bool:
    t = (r + s) % _N
    if not (0 < r < _N and 0 < s < _N and t):
        return False
    point = _sm2_add(_sm2_mul(s, _G), _sm2_mul(t, public))
    return bool(point[2]) and (digest + _sm2_affine(point)[0]) % _N == r


def _der_integer(data: bytes) -> tuple[int, bytes] | None:
    """A minimal non-negative INTEGER, and what follows it."""
    if len(data) < 3 or data[0] != 2 or not 0 < data[1] < 128 or len(data) < 2 + data[1]:
        return None
    body, rest = data[2:2 + data[1]], data[2 + data[1]:]
    if body[0] & 0x80 or (len(body) > 1 and body[0] == 0 and not body[1] & 0x80):
        return None
    return int.from_bytes(body, "big"), rest


def _der_pair(data: bytes) -> tuple[int, int] | None:
    if len(data) < 2 or data[0] != 0x30 or data[1] != len(data) - 2 or data[1] > 127:
        return None
    first = _der_integer(data[2:])
    second = first and _der_integer(first[1])
    return (first[0], second[0]) if second and not second[1] else None


def sm2_verify(public: tuple[int, int], message: bytes, signature: bytes) -> bool:
    """`signature` is DER, or the 64 bytes r||s."""
    pairs = [_der_pair(signature)]
    if len(signature) == 64:
        pairs.append((int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")))
    digest = _sm2_digest(public, message)
    return any(pair and _sm2_verify_pair(public, digest, *pair) for pair in pairs)


def sm2_public(secret: int) -> tuple[int, int]:
    return _sm2_affine(_sm2_mul(secret, _G))


def sm2_sign(secret: int, message: bytes) -> tuple[int, int]:
    """r and s, with a nonce derived from key and message."""
    digest = _sm2_digest(sm2_public(secret), message)
    seed = hmac.digest(secret.to_bytes(32, "big"), digest.to_bytes(32, "big"), "sha512")
    nonce = int.from_bytes(seed, "big") % (_N - 1) + 1
    r = (digest + _sm2_affine(_sm2_mul(nonce, _G))[0]) % _N
    s = (nonce - r * secret) * pow(1 + secret, _N - 2, _N) % _N
    return r, s


def der_of_pair(r: int, s: int) -> bytes:
    body = b""
    for number in (r, s):
        data = number.to_bytes(number.bit_length() // 8 + 1, "big")
        body += bytes([2, len(data)]) + data
    return bytes([0x30, len(body)]) + body
