"""The demonstration ends well, and kills of the daemon meanwhile change nothing of the outcome."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from servers.process import process_tree, wait_for

DEMO = Path(__file__).resolve().parent / "demo.py"


def demonstrate(dump: Path, *options: str) -> tuple[str, str]:
    """What it printed, and the canonical dump in the end."""
    result = subprocess.run(
        [sys.executable, DEMO, "--trainees", "120", "--seed", "kills", "--dump", dump, *options],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout, dump.read_text(encoding="utf-8")


def test_kills_do_not_change_the_outcome(tmp_path):
    said, dump = demonstrate(tmp_path / "plain")
    said_killed, dump_killed = demonstrate(tmp_path / "killed", "--kill", "3")
    assert said_killed.count("kill -9 after") == 3
    assert "kill -9" not in said
    for text in (said, said_killed):
        assert text.count("\nOK: ") == 3 and "NOT" not in text
    assert dump and dump_killed == dump


def test_keep_runs_until_interrupted():
    demo = subprocess.Popen(
        [sys.executable, DEMO, "--trainees", "40", "--keep"], stdout=subprocess.PIPE, text=True
    )
    said = []
    for line in demo.stdout:
        said.append(line)
        if line.startswith("Everything runs"):
            break
    family = process_tree(demo.pid)
    assert len(family) > 3, "".join(said)
    (psql,) = [line.strip() for line in said if line.strip().startswith("psql ")]
    shown = subprocess.run(psql, shell=True, capture_output=True, text=True, check=True)
    assert "row" in shown.stdout
    demo.send_signal(signal.SIGINT)
    assert demo.wait(60) == 0
    wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in family), "all gone", 30)
