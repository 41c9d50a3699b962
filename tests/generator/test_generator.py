"""What the generator says is due is what the rules make of its log, and nothing else is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from generator import catalogue as catalogues
from generator.configuration import write_configuration
from generator.records import to_json, write_log
from generator.year import generate
from installation import BUILD, PROGRAMME_2023, SMALL

GENERATE = Path(__file__).resolve().parent / "generate.py"


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def certificate(line: dict) -> tuple:
    issued_at = datetime.fromisoformat(line["issued_at"].replace("Z", "+00:00"))
    return line["certificate_no"], line["digest"], line["enrollment_id"], issued_at


@pytest.mark.parametrize(
    ("catalogue", "trainees", "seed", "partitions"),
    [
        (SMALL, 300, "a", 1),
        (SMALL, 300, "b", 4),
        (SMALL, 300, "c", 7),
        (PROGRAMME_2023, 120, "d", 4),
    ],
)
def test_year_folds_to_what_is_due(tmp_path, catalogue, trainees, seed, partitions):
    year = generate(catalogues.load(catalogue), seed, trainees, partitions)
    records = year.log.records()
    configuration = write_configuration(tmp_path, year.catalogue, year.keys)
    with open(tmp_path / "log.jsonl", "w", encoding="utf-8") as out:
        write_log(records, partitions, out)
    outcomes = tmp_path / "outcomes.jsonl"
    folded = subprocess.run(
        [BUILD / "fold-log", "-c", configuration, "--outcomes", outcomes, tmp_path / "log.jsonl"],
        capture_output=True,
        text=True,
        check=True,
    )

    due = {
        line["trainee_id"]: certificate(line) for line in year.expected() if line["stands"]
    }
    standing = {
        line["trainee_id"]: certificate(line)
        for line in lines(folded.stdout)
        if line["kind"] == "certificate" and line["digest"]
    }
    assert standing == due
    assert len(due) > trainees // 3

    refusals = {
        (line["topic"], line["partition"], line["offset"]): line["reason"]
        for line in year.refusals()
    }
    rejected = {
        (line["topic"], line["partition"], line["offset"]): line["reason"]
        for line in lines(outcomes.read_text(encoding="utf-8"))
        if line["outcome"] == "rejected"
    }
    assert rejected == refusals
    assert len(refusals) > 300


def test_same_seed_gives_the_same_log(tmp_path):
    def run(name: str, seed: str) -> bytes:
        log, due = tmp_path / name, tmp_path / f"{name}-due"
        command = [sys.executable, GENERATE, "--trainees", "60", "--catalogue", SMALL]
        files = ["--out", log, "--expect", due]
        subprocess.run([*command, "--seed", seed, *files], check=True, capture_output=True)
        return log.read_bytes() + due.read_bytes()

    first = run("one", "7")
    assert run("two", "7") == first
    assert run("three", "8") != first


def test_year_has_every_story_and_most_reasons():
    year = generate(catalogues.load(SMALL), "e", 300, 4)
    stories = {trainee.story for trainee in year.trainees}
    assert len(stories) == 38, to_json(sorted(stories))
    assert len({reason for _, reason in year.log.refused}) >= 15
