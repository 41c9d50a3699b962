"""Runs a private PostgreSQL and a Kafka broker until Ctrl-C, or for the length of one command.

    python3 tests/servers                     # prints the addresses as shell assignments
    python3 tests/servers -- make check       # runs the command with them in its environment
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from servers import Kafka, PostgreSQL, running, temporary_directory  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="servers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--dir", type=Path, help="keep the servers' files here (else a temporary directory)"
    )
    parser.add_argument("command", nargs="*", help="what to run while they are up")
    arguments = parser.parse_args()

    # SIGTERM ends us as Ctrl-C does: through the `with` blocks.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.ExitStack() as stack:
        directory = arguments.dir or stack.enter_context(temporary_directory())
        pg, kafka = stack.enter_context(
            running(PostgreSQL(directory / "postgresql"), Kafka(directory / "kafka"))
        )
        addresses = {
            "XUESHI_TEST_POSTGRESQL": pg.conninfo,
            "XUESHI_TEST_KAFKA": kafka.bootstrap_servers,
        }
        if arguments.command:
            return subprocess.run(
                arguments.command, env={**os.environ, **addresses}, check=False
            ).returncode
        for name, value in addresses.items():
            print(f"export {name}='{value}'", flush=True)
        print("servers: running until Ctrl-C", file=sys.stderr)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
