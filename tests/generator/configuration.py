"""Writes a complete xueshid.conf with its keys and catalogue into a directory."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .catalogue import Catalogue
from .keys import FILES, ISSUER_FILE, Keys


def libconfig(value: Any, indent: str = "") -> str:
    """A Python value in libconfig's language; tuples are lists, lists are arrays."""
    inner = indent + "  "
    if isinstance(value, Mapping):
        lines = [f"{inner}{name} = {libconfig(item, inner)};\n" for name, item in value.items()]
        return "{\n" + "".join(lines) + indent + "}"
    if isinstance(value, tuple):
        return "( " + ", ".join(libconfig(item, inner) for item in value) + " )"
    if isinstance(value, list):
        return "[ " + ", ".join(libconfig(item) for item in value) + " ]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `changes`, group by group."""
    result = dict(base)
    for name, value in changes.items():
        both = isinstance(value, Mapping) and isinstance(result.get(name), Mapping)
        result[name] = merged(result[name], value) if both else value
    return result


def write_configuration(
    directory: Path,
    catalogue: Catalogue,
    keys: Keys,
    settings: Mapping[str, Any] | None = None,
    name: str = "xueshid.conf",
) -> Path:
    """The configuration's path; its files lie beside it. `settings` are laid over the defaults."""
    keys.write(directory)
    shutil.copyfile(catalogue.path, directory / catalogue.path.name)
    base = {
        "instance": "a",
        "catalogues": [catalogue.path.name],
        "kafka": {"bootstrap_servers": "127.0.0.1:9092", "timestamps": "create"},
        "postgresql": {"conninfo": "dbname=xueshi"},
        "tick_every_s": 0,
        "issuer": {
            "id": "did:web:certificates.example.org",
            "name": "Example certificates",
            "base_url": "https://certificates.example.org",
            "keys": ({"id": "key-1", "file": ISSUER_FILE, "valid_from": "2020-01-01T00:00:00Z"},),
        },
        "keys": dict(FILES),
        "payment_signatures": {
            "required": True,
            "keys": tuple(
                {
                    "id": key.key_id,
                    "banks": list(key.banks),
                    "algorithm": key.algorithm,
                    "file": key.file,
                }
                for key in keys.banks.values()
            ),
        },
        "http": {"listen": ""},
    }
    path = directory / name
    lines = [
        f"{name} = {libconfig(value)};\n"
        for name, value in merged(base, settings or {}).items()
    ]
    path.write_text("".join(lines), encoding="utf-8")
    return path
