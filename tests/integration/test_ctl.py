"""xueshictl's command line: usage, exit statuses, where and how it writes."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess

import pytest
from tool import TOOL, TOP, Site

NOT_YET = ("replay", "discard", "reconcile", "rebuild", "revoke", "audit", "accept")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["db"],
        ["db", "nonsense"],
        ["db", "migrate", "more"],
        ["db", "migrate", "--partitions", "3"],
        ["topics", "create"],
        ["topics", "create", "--partitions"],
        ["topics", "create", "--partitions", "0"],
        ["topics", "create", "--partitions", "3x"],
        ["topics", "check", "--replication", "99999999999999999999"],
        ["tick"],
        ["tick", "--as-of", "2023-08-15"],
        ["status", "--wait-idle", "-1"],
        ["status", "--watch", "--wait-idle", "1"],
        ["rejected", "show", "xueshi.exam", "0"],
        ["rejected", "show", "xueshi.progress", "0", "0"],
        ["rejected", "show", "xueshi.exam", "zero", "0"],
        ["--nonsense"],
        ["-x"],
    ],
)
def test_wrong_usage_is_2(site: Site, words: list[str]) -> None:
    done = site.ctl(*words)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr.startswith("xueshictl: ") and done.stderr.count("\n") == 1


def test_options_stand_anywhere(site: Site) -> None:
    expected = site.ok("config", "show", "--json")
    for words in (["--json", "config", "show"], ["config", "--json", "show"]):
        assert site.ok(*words) == expected
    done = subprocess.run(
        [TOOL, "config", "show", "--json"],
        env={**os.environ, "XUESHI_CONFIG": str(site.config)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout == expected


def test_a_bad_configuration_is_78(site: Site) -> None:
    site.config.write_text(site.config.read_text() + "nonsense = 1;\n")
    for words in (["config", "check"], ["db", "migrate"], ["topics", "check"], ["status"]):
        done = site.ctl(*words)
        assert (done.returncode, done.stdout) == (78, ""), done
        assert done.stderr.startswith(f"xueshictl: {site.config}:")
    (site.directory / "person.key").chmod(0o644)
    site.configure()
    assert site.ctl("config", "check").returncode == 78
    assert site.ctl("config", "show").returncode == 0  # needs no key


def test_catalogue_check_needs_no_configuration(site: Site) -> None:
    catalogue = site.directory / "catalogue-small.conf"
    done = subprocess.run(
        [TOOL, "catalogue", "check", catalogue, "--json"],
        env={**os.environ, "XUESHI_CONFIG": "/nonexistent"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    programme = json.loads(done.stdout)
    assert (programme["programme"], programme["courses"]) == ("demo-2023", 5)
    broken = site.directory / "broken.conf"
    broken.write_text(catalogue.read_text().replace("marks = 40", "marks = 41", 1))
    done = site.ctl("catalogue", "check", str(broken))
    assert (done.returncode, done.stdout) == (78, "")
    assert str(broken) in done.stderr


def test_config_show_hides_passwords(site: Site) -> None:
    site.configure(conninfo="host=127.0.0.1 password=hunter2 dbname=x")
    for words in (["config", "show"], ["config", "show", "--json"]):
        assert "hunter2" not in site.ok(*words)


def test_help_names_what_there_is(site: Site) -> None:
    text = site.ok("--help")
    for command in ("db migrate", "topics create", "tick", "status", "lag", "held list"):
        assert f"\n  {command} " in text
    assert not any(word in text for word in NOT_YET)
    assert "--partitions N" in site.ok("topics", "create", "--help")
    news = (TOP / "NEWS").read_text(encoding="utf-8").split()
    assert site.ok("-V") == f"xueshictl {news[1]}\n"


def on_terminal(site: Site, *words: str, **env: str) -> str:
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [TOOL, "-c", site.config, *words],
        env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, **env},
        stdout=theirs,
    )
    os.close(theirs)
    output = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        output += part
    os.close(ours)
    assert done.wait(60) in (0, 3)
    return output.decode().replace("\r\n", "\n")


def test_tables_only_to_a_terminal(site: Site) -> None:
    table = on_terminal(site, "db", "status")
    assert table.splitlines()[0] == "\x1b[1mchange   state    deployed_at  verified\x1b[0m"
    assert table.splitlines()[1] == "roles    pending  -            -"
    plain = on_terminal(site, "db", "status", NO_COLOR="1")
    assert plain.splitlines()[0] == "change   state    deployed_at  verified"
    assert site.ctl("db", "status").stdout.splitlines()[0] == "roles\tpending\t\t"
    assert on_terminal(site, "db", "status", "--json") == site.ctl("db", "status", "--json").stdout


def test_output_that_cannot_be_written_is_1(site: Site) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [TOOL, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert "cannot be written" in done.stderr


def test_installed_schemas_are_found(site: Site) -> None:
    """Away from the source tree it needs to be told, or installed."""
    copy = shutil.copy(TOOL, site.directory / "xueshictl")
    words = [copy, "-c", site.config, "db", "status"]
    done = subprocess.run(words, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1 and "/share/xueshi/schemas/sqitch.plan" in done.stderr
    done = subprocess.run(
        words,
        env={**os.environ, "XUESHI_SCHEMAS": str(TOP / "schemas")},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 3 and "pending" in done.stdout
