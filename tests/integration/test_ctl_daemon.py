"""The tool over what a real daemon has folded: a generated year of the small programme."""

from __future__ import annotations

import json
import subprocess

import pytest
from generator.records import write_log
from generator.year import Year, generate
from installation import BUILD, Installation

SEED = "tool"
TRAINEES = 40


@pytest.fixture(scope="module")
def folded(make_installation) -> tuple[Installation, Year]:
    installation = make_installation(seed=SEED)
    year = generate(
        installation.catalogue, SEED, TRAINEES, installation.partitions, keys=installation.keys
    )
    installation.publish(year.log.records())
    installation.start()
    installation.wait_idle(120)
    return installation, year


def read_json(installation: Installation, *words: str):
    return json.loads(installation.ctl(*words, "--json").stdout)


def test_idle_means_no_lag(folded) -> None:
    installation, year = folded
    assert read_json(installation, "status")["idle"] is True
    rows = read_json(installation, "lag")
    assert len(rows) == 4 * installation.partitions
    assert all(row["lag"] == 0 for row in rows)
    positions = read_json(installation, "position", "show")
    passed = sum(
        row[outcome]
        for row in positions
        for outcome in ("applied", "duplicate", "held", "rejected")
    )
    assert passed == len(year.log.records())
    assert sum(row["rejected"] for row in positions) <= len(
        read_json(installation, "rejected", "list")
    )


def test_dump_is_that_of_the_fold_in_memory(folded, tmp_path) -> None:
    installation, year = folded
    log = tmp_path / "log.jsonl"
    with open(log, "w", encoding="utf-8") as out:
        write_log(year.log.records(), installation.partitions, out)
    memory = subprocess.run(
        [BUILD / "fold-log", "-c", installation.configuration, log],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    assert installation.dump() == memory.stdout


def test_every_trainee_is_explained(folded) -> None:
    installation, year = folded
    for line in year.expected():
        trainee = line["trainee_id"]
        facts = read_json(installation, "explain", trainee)["facts"]
        stands = [fact for fact in facts if fact["code"] == "certificate"]
        assert bool(stands) == line["stands"], trainee
        if stands:
            assert stands[0]["certificate_no"] == line["certificate_no"]
            versions = read_json(installation, "certificate", "show", trainee)
            assert [row["state"] for row in versions][-1] == "stands"
        else:
            assert facts, trainee


def test_secrets_of_no_person_are_shown(folded) -> None:
    installation, year = folded
    shown = installation.dump(full=True)
    for trainee in year.trainees:
        shown += installation.ctl("explain", trainee.id).stdout
    for words in (["rejected", "list"], ["held", "list"], ["certificate", "list"]):
        shown += installation.ctl(*words).stdout
    for trainee in year.trainees:
        assert trainee.person.id_number not in shown
        assert trainee.person.mobile not in shown
