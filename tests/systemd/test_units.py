"""What `make install` gives systemd, judged by systemd's own tools."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNITS = ("xueshid.service", "xueshid@.service")
KEYS = ("payment-code.key", "certificate-no.key", "person.key", "person-index.key")


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def prefix(tmp_path_factory) -> Path:
    """Everything installed below a prefix of the test's own."""
    prefix = tmp_path_factory.mktemp("prefix")
    done = run("make", "-s", "install", f"PREFIX={prefix}")
    assert done.returncode == 0, done.stderr
    return prefix


def unit_text(prefix: Path, unit: str) -> str:
    return (prefix / "lib/systemd/system" / unit).read_text(encoding="utf-8")


@pytest.mark.parametrize("unit", UNITS)
def test_verified(prefix, unit):
    done = run("systemd-analyze", "verify", "--man=no", prefix / "lib/systemd/system" / unit)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS)
def test_exposure_is_at_most_1(prefix, unit):
    path = prefix / "lib/systemd/system" / unit
    done = run("systemd-analyze", "security", "--offline=yes", "--threshold=10", path)
    assert done.returncode == 0, done.stdout


def test_the_threshold_would_be_noticed(tmp_path):
    """Without the sandbox the same check fails."""
    bare = tmp_path / "bare.service"
    bare.write_text("[Service]\nType=notify\nExecStart=/bin/true\n", encoding="utf-8")
    done = run("systemd-analyze", "security", "--offline=yes", "--threshold=10", bare)
    assert done.returncode != 0


def test_the_template_is_the_unit_but_for_its_configuration(prefix):
    def settings(unit: str) -> list[str]:
        lines = unit_text(prefix, unit).splitlines()
        return [line for line in lines if line and not line.startswith("#")]

    template = "\n".join(settings(UNITS[1])).replace("xueshid %i:", "xueshid:")
    template = template.replace("/etc/xueshi/%i.conf", "/etc/xueshi/xueshid.conf")
    assert template.splitlines() == settings(UNITS[0])


@pytest.mark.parametrize("unit", UNITS)
def test_every_key_is_a_credential(prefix, unit):
    text = unit_text(prefix, unit)
    for key in KEYS:
        assert f"\nLoadCredential={key}:/etc/xueshi/keys/{key}\n" in text


def test_user_and_directories(prefix, tmp_path):
    sysusers = prefix / "lib/sysusers.d/xueshi.conf"
    done = run("systemd-sysusers", "--dry-run", f"--root={tmp_path}", sysusers)
    assert done.returncode == 0 and "xueshi" in done.stdout + done.stderr
    (tmp_path / "etc").mkdir(exist_ok=True)
    (tmp_path / "etc/group").write_text("root:x:0:\nxueshi:x:999:\n", encoding="utf-8")
    (tmp_path / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\n", encoding="utf-8")
    tmpfiles = prefix / "lib/tmpfiles.d/xueshi.conf"
    done = run("systemd-tmpfiles", "--create", f"--root={tmp_path}", tmpfiles)
    if os.geteuid() == 0:
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "etc/xueshi").stat().st_gid == 999
    assert (tmp_path / "etc/xueshi").stat().st_mode & 0o7777 == 0o750
    assert "Unknown" not in done.stderr and "syntax" not in done.stderr.lower()
