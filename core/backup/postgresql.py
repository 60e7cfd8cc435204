"""A PostgreSQL database as one file, by pg_dump and pg_restore; what was there before is kept.

A restore renames the schema there is and fills a new one, so that a failure can be taken back.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from django.db import connection

from core.backup import archive
from core.backup.archive import Unusable

PART = "database.pgdump"
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'
"""
_VARIABLES = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}


def dump(folder: Path) -> Path:
    """Dump the schema, as of one moment, while others go on."""
    copy = folder / PART
    _call("pg_dump", "--format=custom", f"--schema={_schema()}", f"--file={copy}")
    return copy


def restore(source: Path, folder: Path) -> str:
    """Put the database of a backup in place; return the schema in which the one before is kept."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        if cursor.fetchone()[0]:
            raise Unusable("Kehu is running on this database: stop it first, then restore again.")
    schema, before = _schema(), ""
    dumped = folder / PART
    try:
        archive.extract(source, PART, dumped)
        before = _set_aside(schema)
        options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        name = str(connection.settings_dict["NAME"])
        _call("pg_restore", *options, f"--schema={schema}", f"--dbname={name}", str(dumped))
    except BaseException:
        if before:
            _bring_back(schema, before)
        raise
    return f"schema {before}"


def _schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def _set_aside(schema: str) -> str:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        taken = {name for (name,) in cursor.fetchall()}
        number = next(n for n in range(1, len(taken) + 2) if f"before_{n}" not in taken)
        before = f"before_{number}"
        cursor.execute(
            f"BEGIN; ALTER SCHEMA {quote(schema)} RENAME TO {quote(before)};"
            f" CREATE SCHEMA {quote(schema)}; COMMIT"
        )
    connection.close()
    return before


def _bring_back(schema: str, before: str) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"BEGIN; DROP SCHEMA {quote(schema)} CASCADE;"
            f" ALTER SCHEMA {quote(before)} RENAME TO {quote(schema)}; COMMIT"
        )
    connection.close()


def _call(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on our database. Raises Unusable with what it said."""
    settings = connection.settings_dict
    told = {name: str(settings[key]) for key, name in _VARIABLES.items() if settings.get(key)}
    told["PGDATABASE"] = str(settings["NAME"])
    if mode := settings.get("OPTIONS", {}).get("sslmode"):
        told["PGSSLMODE"] = str(mode)
    try:
        done = subprocess.run(  # noqa: S603
            [program, *arguments], env=os.environ | told, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise Unusable(
            f"{program} is not installed; install PostgreSQL's client programs"
            " (Debian: apt install postgresql-client)."
        ) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise Unusable(f"{program} failed: {said[0]}")
