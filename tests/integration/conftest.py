"""One PostgreSQL and one Kafka broker for all tests of the folder; an installation for each test."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from servers import Kafka, PostgreSQL, running, temporary_directory  # noqa: E402

from installation import Installation  # noqa: E402

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[PostgreSQL, Kafka]]:
    with temporary_directory() as directory:
        with running(PostgreSQL(directory / "postgresql"), Kafka(directory / "kafka")) as both:
            yield both


@pytest.fixture(scope="session")
def pg(servers) -> PostgreSQL:
    return servers[0]


@pytest.fixture(scope="session")
def kafka(servers) -> Kafka:
    return servers[1]


@pytest.fixture
def site(pg: PostgreSQL, kafka: Kafka, tmp_path: Path) -> Iterator[Installation]:
    """A configuration with a database and a topic prefix of its own; nothing is deployed yet."""
    number = next(numbers)
    database = f"site{number}"
    pg.create_database(database)
    yield Installation(tmp_path, pg, kafka, database, topic_prefix=f"site{number}.")
    pg.drop_database(database)
