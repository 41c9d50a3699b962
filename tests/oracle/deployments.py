"""Configurations to fold logs under: three sets of catalogues, with keys that only tests know."""

import base64
import hashlib
import hmac
import shutil
from dataclasses import dataclass
from pathlib import Path

import catalogue
import crypto
import curves

HERE = Path(__file__).parent
VARIANTS = {
    "small": [HERE.parent / "data" / "catalogue-small.conf"],
    "tight": [HERE / "catalogues" / "tight.conf"],
    "two": [HERE.parent / "data" / "catalogue-small.conf", HERE / "catalogues" / "second.conf"],
}

_CONFIG = """instance = "oracle";
catalogues = [ {catalogues} ];
kafka: {{ bootstrap_servers = "127.0.0.1:9"; group_id = "oracle"; topic_prefix = ""; timestamps = "create"; }};
postgresql: {{ conninfo = "dbname=none"; schema = "xueshi"; }};
source = "/xueshid";
issuer: {{ id = "did:web:certs.example.org"; name = "Oracle"; base_url = "https://certs.example.org";
  keys = ( {{ id = "key-1"; file = "issuer-1.pem"; valid_from = "2023-01-01T00:00:00Z"; }} ); }};
keys: {{ payment_code = "payment-code.key"; certificate_no = "certificate-no.key";
  person = "person.key"; person_index = "person-index.key"; }};
payment_signatures: {{ required = true; keys = (
  {{ id = "hmac-all"; banks = [ "BOC", "ABC", "ICBC", "CCB", "BOU", "XJRCU" ]; algorithm = "hmac-sha256"; file = "hmac-all.key"; }},
  {{ id = "hmac-abc"; banks = [ "ABC" ]; algorithm = "hmac-sha256"; file = "hmac-abc.key"; }},
  {{ id = "ed-boc"; banks = [ "BOC" ]; algorithm = "ed25519"; file = "ed-boc.pub"; }},
  {{ id = "sm-boc"; banks = [ "BOC", "ABC" ]; algorithm = "sm2-sm3"; file = "sm-boc.pub"; }} ); }};
http: {{ listen = ""; }};
log: {{ level = "error"; format = "auto"; }};
"""

_ED25519_PRIVATE = bytes.fromhex("302e020100300506032b657004220420")
_ED25519_PUBLIC = bytes.fromhex("302a300506032b6570032100")
_SM2_PUBLIC = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")


def secret(name: str) -> bytes:
    return hashlib.sha256(f"oracle test key {name}".encode()).digest()


def _pem(label: str, der: bytes) -> bytes:
    text = base64.b64encode(der).decode()
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


_SM2_SECRET = int.from_bytes(secret("sm-boc"), "big") >> 1


def _key_files() -> dict[str, bytes]:
    point = b"".join(n.to_bytes(32, "big") for n in curves.sm2_public(_SM2_SECRET))
    named = ("payment-code", "certificate-no", "person", "person-index", "hmac-all", "hmac-abc")
    return {f"{name}.key": secret(name) for name in named} | {
        "ed-boc.pub": _pem(
            "PUBLIC KEY", _ED25519_PUBLIC + curves.ed25519_public(secret("ed-boc"))),
        "sm-boc.pub": _pem("PUBLIC KEY", _SM2_PUBLIC + point),
        "issuer-1.pem": _pem("PRIVATE KEY", _ED25519_PRIVATE + secret("issuer")),
    }


def sign(key_id: str, message: bytes) -> bytes:
    """The `signature` header's value by one of the configuration's keys."""
    if key_id.startswith("hmac-"):
        signature = hmac.digest(secret(key_id), message, "sha256")
    elif key_id == "ed-boc":
        signature = curves.ed25519_sign(secret(key_id), message)
    else:
        r, s = curves.sm2_sign(_SM2_SECRET, message)
        if s & 1:
            signature = curves.der_of_pair(r, s)
        else:
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return base64.b64encode(signature)


@dataclass(eq=False)
class Deployment:
    variant: str
    path: str
    config: catalogue.Configuration

    def code(self, programme: catalogue.Programme, trainee_id: str, enrollment_id: str) -> str:
        return programme.code_of(self.config.payment_code_key, trainee_id, enrollment_id)

    def certificate_no(self, programme: catalogue.Programme, trainee_id: str) -> str:
        return crypto.certificate_no(
            self.config.certificate_no_key, programme.year, programme.series_code, programme.id,
            trainee_id)


def deploy(variant: str, directory: Path) -> Deployment:
    """Writes configuration, catalogues and keys of a variant into `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    for source in VARIANTS[variant]:
        shutil.copyfile(source, directory / source.name)
    for name, content in _key_files().items():
        path = directory / name
        path.write_bytes(content)
        path.chmod(0o600)
    names = ", ".join(f'"{source.name}"' for source in VARIANTS[variant])
    path = directory / "xueshid.conf"
    path.write_text(_CONFIG.format(catalogues=names), encoding="utf-8")
    return Deployment(variant, str(path), catalogue.load(str(path)))
