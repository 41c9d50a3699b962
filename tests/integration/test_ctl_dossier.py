"""xueshictl explain and dump over dossiers in PostgreSQL."""

from __future__ import annotations

import json

import pytest
from tool import Site

CODE = "65010000000000000001"
ENROLLMENT = f"""
INSERT INTO xueshi.enrollment VALUES
 ('t1', 'e1', '2023-1', '{CODE}', '阿依古丽', '某党校', 'urumqi', '650***********0012',
  'sealed-number', 'sealed-mobile', 'senior', 'base-xj', 'party-school', repeat('a', 64),
  'https://photos.example/1', sha256('id'), sha256('content'), '2023-06-10T01:00Z',
  '2023-06-11T01:00Z', NULL, NULL, NULL, 4, 1, true, true, '2023-06-12T01:00Z', 20, false,
  {4 + 8}, NULL, true, false);
INSERT INTO xueshi.trainee VALUES ('t1');
INSERT INTO xueshi.payment_code VALUES ('{CODE}', 't1', 'e1');
INSERT INTO xueshi.payment VALUES
 ('{CODE}', 'BOC', 'x1', 0, true, 0, 5, '2023-06-12T01:00Z', 20000, sha256('p'), false, 'CNY',
  true, 'no-7', 0, false, false);
INSERT INTO xueshi.progress VALUES
 ('t1', 'e1', 'c1', '', 5400, 0, '2023-06-20T01:00Z', 0, true),
 ('t1', 'e1', 'c2', '', 600, 0, NULL, 0, false);
INSERT INTO xueshi.attempt VALUES
 ('t1', 'e1', 'c1', 'a1', 'p1', 0, 3, '2023-06-21T01:00Z', '2023-06-21T00:30Z', 80, true,
  sha256('a'), 1, 2, 1, false);
INSERT INTO xueshi.year_record VALUES ('t1', 2023, 2, 0, 20, false);
"""


@pytest.fixture
def studied(site: Site) -> Site:
    """One trainee, two hours into the programme, and money of a code that nobody has."""
    site.ok("db", "migrate")
    site.execute(ENROLLMENT)
    site.execute(
        "INSERT INTO xueshi.payment_code VALUES ('65019999999999999999', NULL, NULL);"
        "INSERT INTO xueshi.payment VALUES ('65019999999999999999', 'ICBC', 'x2', 0, true, 0, 6,"
        " '2023-06-12T01:00Z', 100, sha256('q'), true, 'CNY', false, NULL, 4, true, false)"
    )
    return site


def facts(site: Site, *words: str) -> dict[str, dict]:
    """By code; the last of each."""
    explained = site.json("explain", "t1", *words)
    assert explained["trainee_id"] == "t1"
    return {fact["code"]: fact for fact in explained["facts"]}


def test_explain_says_what_is_missing(studied: Site) -> None:
    said = facts(studied)
    assert said["enrollment"]["state"] == "active"
    assert (said["paid"]["amount_fen"], said["receipt"]["receipt_no"]) == (20000, "no-7")
    assert (said["hours_missing"]["have"], said["hours_missing"]["need"]) == (2, 6)
    assert said["course_credited"]["course_id"] == "c1"
    assert said["survey_missing"]["survey"] == "survey-2023"
    assert said["certificate_missing"]["missing"] == "hours survey"
    assert said["year"]["professional_hours"] == 2
    assert "已看 0:10:00，全长 1:00:00" in studied.ok("explain", "t1", "--lang", "zh")


def test_explain_speaks_both_languages_or_one(studied: Site) -> None:
    zh, en = "学时不够：已得 2，需要 6，还差 4", "Hours: 2 of 6, 4 to go"
    assert zh in studied.ctl("explain", "t1", LANG="C").stdout
    assert en in studied.ctl("explain", "t1", LANG="C").stdout
    only = studied.ctl("explain", "t1", "e1", LANG="zh_CN.UTF-8").stdout
    assert zh in only and en not in only
    only = studied.ctl("explain", "t1", "e1", "--lang", "en", LANG="zh_CN.UTF-8").stdout
    assert en in only and zh not in only
    done = studied.ctl("explain", "t1", "--lang", "fr")
    assert (done.returncode, done.stdout) == (2, "")


def test_explain_of_nobody_is_1(studied: Site) -> None:
    for words in (["t9"], ["t1", "e9"]):
        done = studied.ctl("explain", *words)
        assert (done.returncode, done.stdout) == (1, ""), done
        assert "nothing is known of" in done.stderr


def test_r28_secrets_stay_inside(studied: Site) -> None:
    for words in (["explain", "t1"], ["explain", "t1", "--json"], ["dump", "--full"]):
        assert not any(secret in studied.ok(*words) for secret in ("sealed", "0012"))


def test_dump_is_canonical(studied: Site) -> None:
    lines = studied.ok("dump").splitlines()
    rows = [json.loads(line) for line in lines]
    for line, row in zip(lines, rows, strict=True):
        canonical = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert line == canonical
    assert [row["kind"] for row in rows] == ["enrollment", "payment", "year"]
    assert [course["course_id"] for course in rows[0]["courses"]] == ["c1", "c2"]
    assert rows[0]["active_at"] == "2023-06-12T01:00:00.000000Z"
    assert (rows[1]["owed"], rows[1]["amount_fen"]) == ("unknown_code", 100)
    assert rows[2] == {
        "complete": False,
        "kind": "year",
        "professional_hours": 20,
        "public_hours": 0,
        "trainee_id": "t1",
        "year": 2023,
    }
    full = [json.loads(line) for line in studied.ok("dump", "--full").splitlines()]
    assert [row.get("revision") for row in full] == [4, None, 2]


def test_dump_goes_on_past_one_chunk(studied: Site) -> None:
    studied.execute(
        "INSERT INTO xueshi.trainee SELECT 'u' || i FROM generate_series(1, 1234) i;"
        "INSERT INTO xueshi.year_record SELECT 'u' || i, 2023, 1, i, 0, false"
        " FROM generate_series(1, 1234) i"
    )
    rows = [json.loads(line) for line in studied.ok("dump").splitlines()]
    years = [row["trainee_id"] for row in rows if row["kind"] == "year"]
    assert years == sorted(["t1", *(f"u{i}" for i in range(1, 1235))])
