"""A private PostgreSQL 15 cluster: on a unix socket in its own directory, and on loopback TCP.

The socket trusts whoever may enter the directory; TCP asks for a password (scram). What runs in
it is the real thing: fsync and synchronous_commit are on unless a test turns them off.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import signal
import subprocess
from collections.abc import Mapping

import psycopg2

from .process import Server, ServerError, free_port

BINARIES = "/usr/lib/postgresql/15/bin"
DATABASE = "xueshi"
LOGINS = ("xueshi_app_login", "xueshi_reader_login", "migrator_login")

# The groups that the logins belong to exist before the first migration, as an administrator would
# prepare them; xueshi_owner is left to the migration.
ROLES = """
CREATE ROLE xueshi_migrator NOLOGIN;
CREATE ROLE xueshi_app NOLOGIN;
CREATE ROLE xueshi_reader NOLOGIN;
CREATE ROLE migrator_login LOGIN CREATEROLE PASSWORD '{password}' IN ROLE xueshi_migrator;
CREATE ROLE xueshi_app_login LOGIN PASSWORD '{password}' IN ROLE xueshi_app;
CREATE ROLE xueshi_reader_login LOGIN PASSWORD '{password}' IN ROLE xueshi_reader;
"""


class PostgreSQL(Server):
    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # fast shutdown: does not wait for clients

    def __init__(
        self, directory: os.PathLike[str] | str, settings: Mapping[str, str] | None = None
    ):
        super().__init__(directory)
        self.log_path = self.directory / "postgresql.log"
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self.settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.directory),
            "max_connections": "200",
            "shared_buffers": "64MB",
            "max_wal_size": "512MB",
            "log_line_prefix": "%m [%p] %q%u@%d ",
            **(settings or {}),
        }
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    @property
    def data(self) -> str:
        return str(self.directory / "data")

    @property
    def conninfo(self) -> str:
        """The superuser, on the socket."""
        return self.conninfo_for("postgres")

    def conninfo_for(self, user: str, database: str = DATABASE, tcp: bool = False) -> str:
        """libpq's connection string of a login, on the socket or on TCP."""
        where = f"host=127.0.0.1 password={self.password}" if tcp else f"host={self.directory}"
        return f"{where} port={self.port} dbname={database} user={user}"

    def create_database(self, name: str) -> None:
        """An empty database in which migrator_login may create schemas."""
        self.execute(f'CREATE DATABASE "{name}"', "postgres")
        self.execute(f'GRANT CREATE ON DATABASE "{name}" TO xueshi_migrator', "postgres")

    def drop_database(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', "postgres")

    def execute(
        self, statement: str, database: str = DATABASE, arguments: tuple = ()
    ) -> list[tuple]:
        """One statement as superuser, by itself; its rows, if it has any."""
        with contextlib.closing(
            psycopg2.connect(self.conninfo_for("postgres", database))
        ) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, arguments or None)
                return cursor.fetchall() if cursor.description else []

    def prepare(self) -> None:
        if os.path.exists(f"{self.data}/PG_VERSION"):
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        if os.geteuid() == 0:
            account = pwd.getpwnam(self.user)
            os.chown(self.directory, account.pw_uid, account.pw_gid)
        self._run(
            f"{BINARIES}/initdb",
            *("-D", self.data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"),
            *("--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"),
        )

    def command(self) -> list[str]:
        options = [f"--{name}={value}" for name, value in self.settings.items()]
        return self._as_user(f"{BINARIES}/postgres", "-D", self.data, *options)

    def answers(self) -> bool:
        try:
            self.execute("SELECT 1", "postgres")
        except psycopg2.OperationalError:
            return False
        return True

    def greet(self) -> None:
        query = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
        if not self.execute(query, "postgres"):
            self.execute(ROLES.format(password=self.password), "postgres")
            self.execute(f"ALTER ROLE postgres PASSWORD '{self.password}'", "postgres")
            self.create_database(DATABASE)

    def _as_user(self, *command: str) -> list[str]:
        # The user first: a change of user clears the signal that follows the parent's death.
        switch = ["--reuid", self.user, "--regid", self.user, "--init-groups"]
        return [
            "setpriv",
            *(switch if os.geteuid() == 0 else []),
            *("--pdeathsig", "QUIT"),
            *command,
        ]

    def _run(self, *command: str) -> None:
        result = subprocess.run(
            self._as_user(*command),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise ServerError(f"{command[0]} ended with {result.returncode}\n{result.stdout}")
