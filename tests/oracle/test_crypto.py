"""The oracle's signatures and derived names against vectors that it did not make."""

import json
import unittest
from pathlib import Path

import crypto
import curves

VECTORS = Path(__file__).parent.parent / "data" / "payment-vectors.json"


def message_of(vector: dict) -> bytes:
    parts = (vector["ce_id"], vector["ce_type"], vector["ce_time"], vector["value"])
    return "\n".join(parts).encode()


def key_of(entry: dict) -> crypto.SignatureKey:
    raw = bytes.fromhex(entry["secret_hex"]) if "secret_hex" in entry else entry["public"].encode()
    return crypto.SignatureKey(entry["algorithm"], [], raw)


class Signatures(unittest.TestCase):
    def test_payment_vectors(self):
        document = json.loads(VECTORS.read_text(encoding="utf-8"))
        keys = {name: key_of(entry) for name, entry in document["keys"].items()}
        for vector in document["vectors"]:
            with self.subTest(algorithm=vector["algorithm"], name=vector["name"]):
                signature = crypto.strict_base64(vector["signature"].encode())
                key = keys[vector["signature-key"]]
                self.assertEqual(
                    key.verifies(message_of(vector), signature), vector["expect"] == "ok")

    def test_ed25519_rfc8032(self):
        seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
        self.assertEqual(
            curves.ed25519_sign(seed, b"\x72").hex(),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")

    def test_sm3_standard_example(self):
        self.assertEqual(
            curves.sm3(b"abc").hex(),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")

    def test_sm2_takes_der_and_plain(self):
        public = curves.sm2_public(4711)
        r, s = curves.sm2_sign(4711, b"message")
        plain = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        self.assertTrue(curves.sm2_verify(public, b"message", curves.der_of_pair(r, s)))
        self.assertTrue(curves.sm2_verify(public, b"message", plain))
        self.assertFalse(curves.sm2_verify(public, b"massage", plain))

    def test_strict_base64(self):
        for text in (b"", b"QQ", b"QQ==\n", b"QR==", b"Q Q=", b"-_8="):
            self.assertIsNone(crypto.strict_base64(text), text)
        self.assertEqual(crypto.strict_base64(b"QQ=="), b"A")


class Names(unittest.TestCase):
    def test_event_id_is_a_uuid5(self):
        import uuid
        self.assertEqual(crypto.event_id(b"a\nb"), str(uuid.uuid5(crypto.NAMESPACE, "a\nb")))

    def test_mod_37_36(self):
        # ISO 7064's own example: A12425GABC1234002 has the check character M.
        self.assertEqual(crypto._check_character("A12425GABC1234002"), "M")


if __name__ == "__main__":
    unittest.main()
