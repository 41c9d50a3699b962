"""What an operator has: a configuration with catalogue and keys, and the tool."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

from servers import Kafka, PostgreSQL

TOP = Path(__file__).resolve().parents[2]
TOOL = TOP / "build" / os.environ.get("MODE", "release") / "xueshictl"
DEADLINE_S = 120

CONFIGURATION = """\
instance = "test";
catalogues = [ "catalogue-small.conf" ];
kafka: {{
  bootstrap_servers = "{bootstrap_servers}";
  topic_prefix = "{topic_prefix}";
  timestamps = "{timestamps}";
}};
postgresql: {{
  conninfo = "{conninfo}";
  migrator_conninfo = "{migrator_conninfo}";
  schema = "{schema}";
}};
payment_signatures: {{ required = false; }};
"""


class Site:
    def __init__(
        self, directory: Path, pg: PostgreSQL, kafka: Kafka, database: str, topic_prefix: str
    ):
        self.directory = directory
        self.pg = pg
        self.database = database
        self.bootstrap_servers = kafka.bootstrap_servers
        self.prefix = topic_prefix
        self.config = directory / "xueshid.conf"
        shutil.copy(TOP / "tests" / "data" / "catalogue-small.conf", directory)
        for name in ("payment-code", "certificate-no", "person", "person-index"):
            key = directory / f"{name}.key"
            key.write_bytes(secrets.token_bytes(32))
            key.chmod(0o600)
        self.configure()

    def configure(self, **changes: str) -> None:
        """Writes the configuration; `changes` replace what CONFIGURATION names."""
        values = {
            "bootstrap_servers": self.bootstrap_servers,
            "topic_prefix": self.prefix,
            "timestamps": "create",
            "conninfo": self.pg.conninfo_for("xueshi_app_login", self.database),
            "migrator_conninfo": self.pg.conninfo_for("migrator_login", self.database),
            "schema": "xueshi",
            **changes,
        }
        self.config.write_text(CONFIGURATION.format_map(values), encoding="utf-8")

    def ctl(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [TOOL, "-c", self.config, *words],
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=DEADLINE_S,
            check=False,
        )

    def ok(self, *words: str) -> str:
        """The output of a command that must succeed, without a word on standard error."""
        done = self.ctl(*words)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.ok(*words, "--json"))

    def execute(self, statement: str) -> list[tuple]:
        return self.pg.execute(statement, self.database)
