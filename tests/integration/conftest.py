"""For the tests of the tool: a site on which nothing is deployed yet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import Kafka, PostgreSQL
from tool import Site

numbers = itertools.count(1)


@pytest.fixture
def site(pg: PostgreSQL, kafka: Kafka, tmp_path: Path) -> Iterator[Site]:
    """A configuration with a database and a topic prefix of its own."""
    number = next(numbers)
    database = f"site{number}"
    pg.create_database(database)
    yield Site(tmp_path, pg, kafka, database, topic_prefix=f"site{number}.")
    pg.drop_database(database)
