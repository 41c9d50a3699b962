"""Fixtures: servers once a session, an installation of its own for each test or module."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation import Installation
from servers import Kafka, PostgreSQL, running, temporary_directory


@pytest.fixture(scope="session")
def workspace() -> Iterator[Path]:
    with temporary_directory() as directory:
        yield directory


@pytest.fixture(scope="session")
def servers(workspace: Path) -> Iterator[tuple[PostgreSQL, Kafka]]:
    with running(PostgreSQL(workspace / "postgresql"), Kafka(workspace / "kafka")) as both:
        yield both


@pytest.fixture(scope="session")
def pg(servers) -> PostgreSQL:
    return servers[0]


@pytest.fixture(scope="session")
def kafka(servers) -> Kafka:
    return servers[1]


@pytest.fixture(scope="module")
def make_installation(workspace, pg, kafka, request) -> Iterator:
    """Installation(**options) with database and topics of its own; gone at the module's end."""
    made: list[Installation] = []
    numbers = itertools.count()

    def make(**options) -> Installation:
        directory = workspace / f"{request.module.__name__}-{next(numbers)}"
        installation = Installation(directory, pg, kafka, **options)
        made.append(installation)
        installation.set_up()
        return installation

    yield make
    for installation in made:
        installation.tear_down()


@pytest.fixture
def installation(make_installation) -> Installation:
    """A fresh installation of the small catalogue, daemon not started."""
    return make_installation()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """What the servers said, with each failure."""
    report = (yield).get_result()
    if report.failed:
        values = getattr(item, "funcargs", {}).values()
        for value in values:
            if isinstance(value, Installation):
                report.sections.append(("daemons", value.log_tails()))
        for server in getattr(item, "funcargs", {}).get("servers", ()):
            report.sections.append((server.name, server.log_tail()))
