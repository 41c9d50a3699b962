"""xueshictl db: migrations, in step with sqitch."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tool import TOOL, TOP, Site

CHANGES = ["roles", "log", "dossier", "rights"]


def states(site: Site, *words: str) -> list[str]:
    done = site.ctl("db", "status", *words)
    assert done.returncode in (0, 3), done
    return [line.split("\t")[1] for line in done.stdout.splitlines()]


def sqitch(site: Site, *words: str) -> str:
    """Real sqitch in schemas/, as a database administrator would run it."""
    target = f"db:pg://postgres@/{site.database}?host={site.pg.directory}&port={site.pg.port}"
    done = subprocess.run(
        ["sqitch", *words, target],
        cwd=TOP / "schemas",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of schemas/ to be altered."""
    return Path(shutil.copytree(TOP / "schemas", tmp_path / "schemas"))


def add_change(schemas: Path, script: str) -> None:
    with open(schemas / "sqitch.plan", "a", encoding="utf-8") as plan:
        plan.write("extra [rights] 2027-01-01T00:00:00Z A B <a@example.org> # More.\n")
    (schemas / "deploy" / "extra.sql").write_text(script, encoding="utf-8")
    (schemas / "verify" / "extra.sql").write_text("SELECT 1;\n", encoding="utf-8")


def test_migrate_deploys_all_once(site: Site) -> None:
    assert states(site) == ["pending"] * len(CHANGES)
    assert site.ok("db", "migrate") == "".join(f"{name}\tdeployed\n" for name in CHANGES)
    assert site.ok("db", "migrate") == "".join(f"{name}\tpresent\n" for name in CHANGES)
    assert site.ctl("db", "status").returncode == 0
    rows = site.json("db", "status", "--verify")
    assert [row["change"] for row in rows] == CHANGES
    assert all(row["state"] == "deployed" and row["verified"] == "ok" for row in rows)


def test_owner_is_the_role_not_the_login(site: Site) -> None:
    site.ok("db", "migrate")
    owners = site.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'xueshi'")
    assert owners == [("xueshi_owner",)]


def test_sqitch_agrees(site: Site) -> None:
    site.ok("db", "migrate")
    assert "Nothing to deploy (up-to-date)" in sqitch(site, "status")
    assert "Verify successful" in sqitch(site, "verify", "--set", "schema=xueshi")
    assert "Check successful" in sqitch(site, "check")
    assert "Nothing to deploy" in sqitch(site, "deploy", "--set", "schema=xueshi")
    events = sqitch(site, "log", "--format", "format:%e %n")
    assert all(f"deploy {name}" in events for name in CHANGES)


def test_what_sqitch_deployed_is_present(site: Site) -> None:
    sqitch(site, "deploy", "--set", "schema=xueshi", "--to", "log")
    site.configure(migrator_conninfo=site.pg.conninfo_for("postgres", site.database))
    assert states(site, "--verify") == ["deployed", "deployed", "pending", "pending"]
    done = site.ctl("db", "migrate")
    assert done.returncode == 0, done
    assert [line.split("\t")[1] for line in done.stdout.splitlines()] == [
        "present",
        "present",
        "deployed",
        "deployed",
    ]
    assert "Nothing to deploy (up-to-date)" in sqitch(site, "status")


def test_sqitch_reverts_what_was_migrated(site: Site) -> None:
    site.ok("db", "migrate")
    sqitch(site, "revert", "-y", "--set", "schema=xueshi")
    assert states(site) == ["pending"] * len(CHANGES)


def test_two_at_once_wait_for_each_other(site: Site) -> None:
    running = [
        subprocess.Popen(
            [TOOL, "-c", site.config, "db", "migrate"], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    outputs = [one.communicate(timeout=120)[0] for one in running]
    assert [one.returncode for one in running] == [0] * 4
    assert sum(output.count("deployed") for output in outputs) == len(CHANGES)


def test_a_failing_change_leaves_nothing(site: Site, schemas: Path) -> None:
    table = 'BEGIN;\nSET LOCAL search_path TO :"schema";\nCREATE TABLE extra (a int);\n'
    add_change(schemas, table + "SELECT 1 / 0;\nCOMMIT;\n")
    done = site.ctl("db", "migrate", "--schemas", str(schemas))
    assert done.returncode == 1
    assert done.stderr.startswith(f"xueshictl: {schemas}/deploy/extra.sql: ")
    assert "division by zero" in done.stderr
    assert states(site, "--schemas", str(schemas)) == ["deployed"] * 4 + ["pending"]
    assert site.execute("SELECT to_regclass('xueshi.extra')") == [(None,)]

    (schemas / "deploy" / "extra.sql").write_text(table + "COMMIT;\n", encoding="utf-8")
    done = site.ctl("db", "migrate", XUESHI_SCHEMAS=str(schemas))
    assert done.returncode == 0, done
    assert done.stdout.splitlines()[-1] == "extra\tdeployed"
    # The schemas of the build do not know what this database has.
    done = site.ctl("db", "migrate")
    assert done.returncode == 1
    assert "newer than" in done.stderr and "extra" in done.stderr


def test_an_edited_script_and_a_broken_schema_differ(site: Site, schemas: Path) -> None:
    site.ok("db", "migrate", "--schemas", str(schemas))
    with open(schemas / "deploy" / "log.sql", "a", encoding="utf-8") as script:
        script.write("-- edited\n")
    assert states(site, "--schemas", str(schemas)) == ["deployed", "edited", "deployed", "deployed"]
    site.execute("DELETE FROM xueshi.clock")
    done = site.ctl("db", "status", "--verify")
    assert done.returncode == 3
    assert "verify/log.sql" in done.stderr
    assert [line.split("\t")[3] for line in done.stdout.splitlines()] == [
        "ok",
        "failed",
        "ok",
        "ok",
    ]


def test_another_schema_has_a_registry_of_its_own(site: Site) -> None:
    site.ok("db", "migrate")
    site.configure(schema="second")
    assert states(site) == ["pending"] * len(CHANGES)
    site.ok("db", "migrate")
    schemas = site.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ 'sqitch' ORDER BY 1")
    assert schemas == [("sqitch",), ("sqitch_second",)]


def test_missing_files_and_bad_plans_are_named(site: Site, schemas: Path) -> None:
    done = site.ctl("db", "migrate", "--schemas", "/nonexistent")
    assert (done.returncode, "/nonexistent/sqitch.plan" in done.stderr) == (1, True)
    add_change(schemas, "SELECT 1;\n")
    done = site.ctl("db", "migrate", "--schemas", str(schemas))
    assert done.returncode == 1
    assert "extra.sql: it must begin with BEGIN; and end with COMMIT;" in done.stderr
    with open(schemas / "sqitch.plan", "a", encoding="utf-8") as plan:
        plan.write("@v1 2027-01-01T00:00:00Z A B <a@example.org>\n")
    done = site.ctl("db", "status", "--schemas", str(schemas))
    assert done.returncode == 1
    assert "line 10 of the plan is not understood" in done.stderr


def test_an_unreachable_server_is_4(site: Site) -> None:
    site.configure(
        conninfo="host=127.0.0.1 port=1 dbname=x", migrator_conninfo="host=127.0.0.1 port=1"
    )
    for words in (("db", "migrate"), ("db", "status"), ("position", "show"), ("held", "list")):
        done = site.ctl(*words)
        assert (done.returncode, done.stdout) == (4, ""), done
        assert done.stderr.startswith("xueshictl: PostgreSQL is away")
