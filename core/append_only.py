"""The triggers that make the history append-only, and the only place that may lift them.

Both databases refuse UPDATE and DELETE; SQLite also INSERT OR REPLACE, PostgreSQL also TRUNCATE.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "core_change"
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'append-only'); END"

_SQLITE = {
    "core_change_no_update": f"BEFORE UPDATE ON {TABLE} {_REFUSE}",
    "core_change_no_delete": f"BEFORE DELETE ON {TABLE} {_REFUSE}",
    "core_change_no_replace": (
        f"BEFORE INSERT ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id "
        "OR (subject_type = NEW.subject_type AND subject_id = NEW.subject_id "
        f"AND version = NEW.version)) {_REFUSE}"
    ),
}
_POSTGRES = {
    "core_change_no_change": (
        f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION core_append_only()"
    ),
    "core_change_no_truncate": (
        f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION core_append_only()"
    ),
}
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION core_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$BEGIN RAISE EXCEPTION 'append-only'; END$$"
)


def _triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return _POSTGRES if connection.vendor == "postgresql" else _SQLITE


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Create the triggers that are missing; harmless when all are there."""
    connection = connections[using]
    missing_names = missing(using)
    if not missing_names:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for name in missing_names:
            cursor.execute(f"CREATE TRIGGER {name} {_triggers(connection)[name]}")


def after_migrate(using: str, **_kwargs: object) -> None:
    """Put the triggers back where a migration made the table anew: SQLite drops them silently."""
    install(using)


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Name the triggers that should be on the history table and are not."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return []
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled <> 'D'",
                [TABLE],
            )
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE]
            )
        found = {row[0] for row in cursor.fetchall()}
    return [name for name in _triggers(connection) if name not in found]


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Take the triggers away for a schema change or the flush of a test database."""
    connection = connections[using]
    suffix = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        present = set(_triggers(connection)) - set(missing(using))
        for name in present:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{suffix}")
    try:
        yield
    finally:
        install(using)
