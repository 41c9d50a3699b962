"""Real servers for the tests and the demonstration: a private PostgreSQL 15 and one Kafka broker.

As a module:

    with servers.running(PostgreSQL(directory / "pg"), Kafka(directory / "kafka")) as (pg, kafka):
        ...

As a command: `python3 tests/servers --help`.
"""

from .kafka import Kafka
from .postgresql import PostgreSQL
from .process import Server, ServerError, running, start_all, temporary_directory

__all__ = [
    "Kafka",
    "PostgreSQL",
    "Server",
    "ServerError",
    "running",
    "start_all",
    "temporary_directory",
]
