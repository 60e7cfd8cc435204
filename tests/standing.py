"""What nearly every test begins with: written for real once a session, put back by plain inserts.

Writing the units and the reference values takes as long as many a test itself. A test that commits
gets them made anew: those before it may have left the database as they liked.
"""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from core.models.base import writing

# SQLite gives a number again after a rollback: what stands lies between these, what a test makes
# itself below or above.
FIRST, AFTER = 1000, 2000


@dataclass
class Standing:
    """What a maker gave, and the statements that put its rows where they were."""

    made: bytes
    first: tuple[str, int] | None = None
    inserts: list[tuple[str, list[Any]]] = field(default_factory=list)


_kept: dict[str, Standing] = {}


def keep(makers: Mapping[str, Callable[[], Any]]) -> None:
    """Run one maker after the other in the database as it was migrated; take their rows back."""
    tables = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if isinstance(model._meta.pk, models.AutoField)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence")
            rows = [[table, FIRST] for table in tables]
            cursor.executemany("INSERT INTO sqlite_sequence VALUES (%s, %s)", rows)
        for name, make in makers.items():
            last = {table: _last(cursor, table) for table in tables}
            _kept[name] = Standing(pickle.dumps(make()))
            for table, number in last.items():
                _read(cursor, table, number, _kept[name])
            if connection.vendor == "sqlite":
                go_on = "UPDATE sqlite_sequence SET seq = %s WHERE seq BETWEEN %s AND %s"
                _kept[name].inserts.append((go_on, [AFTER, FIRST, AFTER]))
        transaction.set_rollback(True)


def give(name: str, make: Callable[[], Any]) -> Any:
    """Give what `make` gives, with its rows in the database; `name` is what it was kept by."""
    kept = _kept.get(name)
    if kept is None or kept.first is None or not connection.in_atomic_block:
        return make()
    table, number = kept.first
    with connection.cursor() as cursor, writing():
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s", [number])
        if not cursor.fetchone():
            for insert, values in kept.inserts:
                cursor.execute(insert, values)
    return pickle.loads(kept.made)  # noqa: S301 - nobody else wrote it


def _last(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
    return int(cursor.fetchone()[0])


def _read(cursor: Any, table: str, after: int, kept: Standing) -> None:
    """Keep the rows of a table with a number above `after`."""
    cursor.execute(f"SELECT * FROM {table} WHERE id > %s ORDER BY id", [after])
    names = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    if not rows:
        return
    kept.first = kept.first or (table, rows[0][names.index("id")])
    columns = ", ".join(map(connection.ops.quote_name, names))
    places = ", ".join(["(" + ", ".join(["%s"] * len(names)) + ")"] * len(rows))
    values = [_stored(value) for row in rows for value in row]
    kept.inserts.append((f"INSERT INTO {table} ({columns}) VALUES {places}", values))


def _stored(value: Any) -> Any:
    """Give a value as SQLite keeps it, which knows no days; PostgreSQL reads it from text."""
    return str(value) if isinstance(value, datetime.date) else value
