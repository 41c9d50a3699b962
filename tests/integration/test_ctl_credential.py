"""xueshictl did and status-list show: what is served to those who verify certificates (R29)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tool import TOP, Site

GOLDEN = json.loads((TOP / "tests/data/credential-golden.json").read_text(encoding="utf-8"))
NUMBER = GOLDEN["certificate"]["certificate_no"]
ISSUED_AT = GOLDEN["certificate"]["issued_at"]
KEY = """\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH
-----END PRIVATE KEY-----
"""


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def add_issuer(config: Path, valid_from: str) -> None:
    issuer = GOLDEN["issuer"]
    key = config.parent / "issuer.pem"
    key.write_text(KEY, encoding="ascii")
    key.chmod(0o600)
    with open(config, "a", encoding="utf-8") as out:
        out.write(
            f'issuer: {{ id = "{issuer["did"]}"; name = "{issuer["name"]}";'
            f' base_url = "{issuer["base"]}"; keys = ('
            f' {{ id = "key-1"; file = "issuer.pem"; valid_from = "{valid_from}"; }} ); }};\n'
        )


@pytest.fixture
def issuing(site: Site) -> Site:
    site.ok("db", "migrate")
    add_issuer(site.config, "2023-01-01T00:00:00Z")
    site.execute(
        "INSERT INTO xueshi.certificate VALUES ('t1', 'demo-2023', "
        f"'{NUMBER}', false, true, 'e1', '{ISSUED_AT}', sha256('a'), sha256('b'))"
    )
    return site


def add_version(site: Site, version: int, issued_at: str, revoked_at: str = "") -> None:
    site.execute(
        f"INSERT INTO xueshi.certificate_version VALUES ('t1', 'demo-2023', {version},"
        f" sha256('a'), '{issued_at}', NULLIF('{revoked_at}', '')::timestamptz)"
    )


def test_did_is_the_golden_document(site: Site) -> None:
    add_issuer(site.config, "2023-01-01T00:00:00Z")
    assert site.ok("did") == compact(GOLDEN["did_document"])


def test_r29_a_version_that_stands_is_valid(issuing: Site) -> None:
    add_version(issuing, 1, ISSUED_AT)
    for words in ([NUMBER], [NUMBER, "1"]):
        assert issuing.ok("status-list", "show", *words) == compact(GOLDEN["status_list_valid"])


def test_r29_a_revoked_version_is_revoked(issuing: Site) -> None:
    add_version(issuing, 1, ISSUED_AT, GOLDEN["revoked_at"])
    assert issuing.ok("status-list", "show", NUMBER) == compact(GOLDEN["status_list_revoked"])


def test_r29_a_replaced_version_is_revoked_since_the_later_issue(issuing: Site) -> None:
    add_version(issuing, 1, ISSUED_AT)
    add_version(issuing, 2, GOLDEN["revoked_at"])
    add_version(issuing, 3, ISSUED_AT)
    assert issuing.ok("status-list", "show", NUMBER, "1") == compact(GOLDEN["status_list_revoked"])
    lists = [json.loads(issuing.ok("status-list", "show", NUMBER, word)) for word in "23"]
    assert [one["validFrom"] for one in lists] == [GOLDEN["revoked_at"], ISSUED_AT]
    revoked = GOLDEN["status_list_revoked"]["credentialSubject"]["encodedList"]
    assert [one["credentialSubject"]["encodedList"] == revoked for one in lists] == [True, False]
    assert json.loads(issuing.ok("status-list", "show", NUMBER)) == lists[1]


def test_status_list_of_nothing_is_1(issuing: Site) -> None:
    add_version(issuing, 1, ISSUED_AT)
    for words in (["2023-DXGX-AAAAAAAAAAAA-A"], [NUMBER, "2"]):
        done = issuing.ctl("status-list", "show", *words)
        assert (done.returncode, done.stdout) == (1, "")
        assert "no such version was issued" in done.stderr
    done = issuing.ctl("status-list", "show", NUMBER, "0")
    assert (done.returncode, done.stdout) == (2, "")
    issuing.configure()
    add_issuer(issuing.config, "2024-01-01T00:00:00Z")
    done = issuing.ctl("status-list", "show", NUMBER)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no issuer key was valid yet" in done.stderr


def test_without_an_issuer_it_is_78(site: Site) -> None:
    for words in (["did"], ["status-list", "show", NUMBER]):
        done = site.ctl(*words)
        assert (done.returncode, done.stdout) == (78, "")
        assert "no issuer.keys are configured" in done.stderr
