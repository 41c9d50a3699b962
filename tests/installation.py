"""One installation of xueshid for a test or the demonstration: configuration, database, topics,
daemons and the tool, on servers that run already."""

from __future__ import annotations

import os
import signal
import subprocess
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generator import catalogue as catalogues
from generator.configuration import merged, write_configuration
from generator.keys import Keys
from generator.publish import publish, read_topic
from generator.records import Record
from servers import Kafka, PostgreSQL, Server
from servers.process import wait_for

ROOT = Path(__file__).resolve().parents[1]
PROGRAMME_2023 = ROOT / "config" / "programme-2023.conf"
SMALL = ROOT / "tests" / "data" / "catalogue-small.conf"
BUILD = ROOT / "build" / os.environ.get("MODE", "release")
OUTPUT_TOPICS = (
    "xueshi.payment-request",
    "xueshi.notification",
    "xueshi.progress",
    "xueshi.certificate",
    "xueshi.dead-letter",
)


class Daemon(Server):
    """One xueshid process. `answers` once it owns a partition."""

    name = "xueshid"

    def __init__(self, installation: Installation, instance: str, configuration: Path):
        super().__init__(installation.directory)
        self.log_path = self.directory / f"xueshid-{instance}.log"
        self.installation = installation
        self.instance = instance
        self.configuration = configuration
        self.environment: dict[str, str] = {}
        self.program = BUILD / "xueshid"

    def prepare(self) -> None:
        """The configuration was written when the daemon was added."""

    def command(self) -> list[str]:
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        program = [str(self.program), "-c", str(self.configuration)]
        return ["setpriv", "--pdeathsig", "KILL", "env", *variables, *program]

    def answers(self) -> bool:
        query = "SELECT count(*) FROM xueshi.position WHERE owner = %s"
        return self.installation.query(query, (self.instance,))[0][0] > 0


class Installation:
    """`set_up` makes database, schema and topics of its own; `tear_down` ends what runs."""

    def __init__(
        self,
        directory: Path,
        pg: PostgreSQL,
        kafka: Kafka,
        catalogue: Path = SMALL,
        partitions: int = 4,
        seed: int | str = "test",
        settings: Mapping[str, Any] | None = None,
        unique: bool = True,
    ):
        self.directory = directory
        self.pg = pg
        self.kafka = kafka
        self.catalogue = catalogues.load(catalogue)
        self.keys = Keys(seed, self.catalogue.banks)
        self.partitions = partitions
        name = f"x{uuid.uuid4().hex[:12]}" if unique else ""
        self.database = name or "xueshi"
        self.prefix = f"{name}." if name else ""
        self.settings = merged(
            {
                "kafka": {
                    "bootstrap_servers": kafka.bootstrap_servers,
                    "topic_prefix": self.prefix,
                    "group_id": f"{self.prefix}xueshid",
                },
                "postgresql": {
                    "conninfo": pg.conninfo_for("xueshi_app_login", self.database),
                    "migrator_conninfo": pg.conninfo_for("migrator_login", self.database),
                },
            },
            settings or {},
        )
        self.daemons: dict[str, Daemon] = {}

    def set_up(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.write_configuration()
        if self.database != "xueshi":
            self.pg.create_database(self.database)
        self.ctl("db", "migrate")
        self.ctl("topics", "create", "--partitions", str(self.partitions))

    def tear_down(self) -> None:
        for daemon in self.daemons.values():
            daemon.kill()
        if self.database != "xueshi":
            self.pg.drop_database(self.database)

    def write_configuration(
        self, settings: Mapping[str, Any] | None = None, name: str = "xueshid.conf"
    ) -> Path:
        """(Re)writes the configuration; `settings` are laid over those of the installation."""
        everything = merged(self.settings, settings or {})
        return write_configuration(self.directory, self.catalogue, self.keys, everything, name)

    @property
    def configuration(self) -> Path:
        return self.directory / "xueshid.conf"

    # Daemons.

    def daemon(self, instance: str = "a", settings: Mapping[str, Any] | None = None) -> Daemon:
        """The daemon of that name, with its own configuration; not started."""
        if instance not in self.daemons:
            path = self.write_configuration(
                {**(settings or {}), "instance": instance}, f"xueshid-{instance}.conf"
            )
            self.daemons[instance] = Daemon(self, instance, path)
        return self.daemons[instance]

    def start(self, instance: str = "a", settings: Mapping[str, Any] | None = None) -> Daemon:
        daemon = self.daemon(instance, settings)
        daemon.start()
        return daemon

    # The tool.

    def ctl(
        self, *arguments: str, check: bool = True, timeout: float = 120.0
    ) -> subprocess.CompletedProcess[str]:
        """Runs xueshictl; with `check`, AssertionError with its words if it does not end with 0."""
        command = [str(BUILD / "xueshictl"), "-c", str(self.configuration), *arguments]
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and result.returncode != 0:
            raise AssertionError(
                f"xueshictl {' '.join(arguments)}: {result.returncode}\n"
                f"{result.stdout}{result.stderr}{self.log_tails()}"
            )
        return result

    def wait_idle(self, seconds: int = 60) -> None:
        """Until everything is consumed, relayed and closed."""
        self.ctl("status", "--wait-idle", str(seconds), timeout=seconds + 30)

    def dump(self, full: bool = False) -> str:
        return self.ctl("dump", *(["--full"] if full else [])).stdout

    # Kafka and PostgreSQL.

    def publish(self, records: Iterable[Record]) -> int:
        return publish(self.kafka.bootstrap_servers, records, self.prefix)

    def read(self, topic: str) -> list[Record]:
        """What is committed in a topic (named without prefix), each partition in its order."""
        return read_topic(self.kafka.bootstrap_servers, self.prefix + topic)

    def query(self, statement: str, arguments: tuple = ()) -> list[tuple]:
        """One statement as superuser in the installation's database."""
        return self.pg.execute(statement, self.database, arguments)

    def wait_for(self, condition, what: str, seconds: float = 60.0) -> None:
        """Polls a condition; on failure the daemons' logs are in the message."""
        try:
            wait_for(condition, what, seconds)
        except TimeoutError as error:
            raise AssertionError(f"{error}{self.log_tails()}") from None

    def log_tails(self) -> str:
        return "".join(
            f"\n--- xueshid {name}\n{daemon.log_tail()}" for name, daemon in self.daemons.items()
        )

    def stop(self, instance: str = "a") -> None:
        """SIGTERM; AssertionError unless it drains and ends with 0."""
        daemon = self.daemons[instance]
        process = daemon.process
        assert process is not None
        daemon.stop()
        status = process.returncode
        assert status == 0, f"xueshid ended with {_status(status)}{self.log_tails()}"


def _status(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else str(status)
