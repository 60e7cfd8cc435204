"""Sends many rows to one table in one statement: COPY and unnest, or executemany on SQLite.

It knows columns, not aggregates; what stands in the rows is its callers' business.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any

from django.db import connection, models

from core.aggregate import Values
from core.fields import Text
from core.models.base import require_writing
from core.text import storable

Row = list[Any]
_NULL = "\\N"
_READY: dict[Any, Callable[[str], str]] = {
    models.CharField.get_prep_value: str,
    models.TextField.get_prep_value: str,
    Text.get_prep_value: storable,
}
_MOST_KNOWN = 2_000
_ALWAYS_THE_SAME = (models.NOT_PROVIDED, dict, list)


def table_of(model: type[models.Model]) -> Table:
    """Give the table of a model; what it stores for a value is worked out once."""
    return _table(model, connection.vendor)


@cache
def _table(model: type[models.Model], vendor: str) -> Table:
    return Table(model, copies=vendor == "postgresql")


class Table:
    """One table of one kind of database, for all who write to it."""

    def __init__(self, model: type[models.Model], *, copies: bool) -> None:
        self.model = model
        self.fields: list[Any] = list(model._meta.concrete_fields)
        self.places = {f.name: n for n, f in enumerate(self.fields)}
        self.places |= {f.attname: n for n, f in enumerate(self.fields)}
        self.copies = copies
        self.text: Callable[[str], str] = _escaped if copies else str  # as it stands in a row
        quoted = connection.ops.quote_name
        self._name = quoted(model._meta.db_table)
        self._columns = {field.name: quoted(field.column) for field in self.fields}
        self._stored = [_stored(field) for field in self.fields]
        self._sent = list(map(_copied, self.fields)) if self.copies else self._stored
        self._defaults = [
            None if field.primary_key else send(field.get_default())
            for field, send in zip(self.fields, self._sent, strict=True)
        ]
        are_texts = [_ready(field) is not None for field in self.fields]
        self._slots = {
            name: (place, are_texts[place], self._sent[place])
            for name, place in self.places.items()
        }
        self._fresh = [
            f for f in self.fields if callable(f.default) and f.default not in _ALWAYS_THE_SAME
        ]

    def row(self, values: Mapping[str, Any]) -> Row:
        """Give a row for `insert`: these values by field name, defaults for the rest."""
        row = self._defaults.copy()
        for field in self._fresh:
            place, _is_text, send = self._slots[field.name]
            row[place] = send(field.get_default())
        slots = self._slots
        for name, value in values.items():
            place, is_text, send = slots[name]
            if is_text and type(value) is str and value.isprintable() and "\\" not in value:
                row[place] = value  # most are: as it stands, in COPY too
            else:
                row[place] = send(value)
        return row

    def reserve(self, count: int) -> list[int]:
        """Take `count` keys that no row ever had, in ascending order, inside a transaction."""
        if not count:
            return []
        name = self._name
        with connection.cursor() as cursor:
            if self.copies:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                    [name, self.model._meta.pk.column, count],
                )
                return sorted(row[0] for row in cursor.fetchall())
            cursor.execute(
                f"SELECT max(coalesce((SELECT max(id) FROM {name}), 0), "
                "coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0))",
                [self.model._meta.db_table],
            )
            last = cursor.fetchone()[0]
        return list(range(last + 1, last + 1 + count))

    def insert(self, rows: Sequence[Row]) -> None:
        """Insert rows made by `row`; the database gives the keys unless the rows bring them."""
        require_writing(self.model._meta.label)
        if not rows:
            return
        start = int(rows[0][0] is None)  # the key is the first field of every business model
        sent = [row[1:] for row in rows] if start else rows
        columns = ", ".join(self._columns[field.name] for field in self.fields[start:])
        with connection.cursor() as cursor:
            if not self.copies:
                marks = ", ".join(["%s"] * len(sent[0]))
                cursor.executemany(f"INSERT INTO {self._name} ({columns}) VALUES ({marks})", sent)
                return
            lines = io.BytesIO("\n".join(map("\t".join, sent)).encode())
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {self._name} ({columns}) FROM STDIN", lines)

    def update(
        self,
        names: Sequence[str],
        rows: Mapping[int, Values],
        seen: Mapping[int, int] | None = None,
    ) -> int:
        """Set these fields of the rows (values by field name, by key); give how many there were.

        With versions `seen` only of those that still are at theirs.
        """
        require_writing(self.model._meta.label)
        if not rows:
            return 0
        fields = [self.fields[self.places[name]] for name in names]
        ways = [(name, self._stored[self.places[name]]) for name in names]
        columns = [[send(values[name]) for values in rows.values()] for name, send in ways]
        fits = {"id": list(rows)}
        if seen is not None:
            fits["version"] = [seen[key] for key in rows]
        with connection.cursor() as cursor:
            if self.copies and len(rows) > 1:
                cursor.execute(self._unnest(fields, list(fits)), [*columns, *fits.values()])
            else:
                sets = ", ".join(f"{self._columns[field.name]} = %s" for field in fields)
                where = " AND ".join(f"{name} = %s" for name in fits)
                cursor.executemany(
                    f"UPDATE {self._name} SET {sets} WHERE {where}",
                    list(zip(*columns, *fits.values(), strict=True)),
                )
            return int(cursor.rowcount)

    def delete(self, keys: Iterable[int]) -> None:
        """Delete the rows with these keys."""
        require_writing(self.model._meta.label)
        wanted = list(keys)
        if not wanted:
            return
        with connection.cursor() as cursor:
            sql = f"DELETE FROM {self._name} WHERE id"
            if self.copies:
                cursor.execute(f"{sql} = ANY(%s)", [wanted])
            else:
                cursor.executemany(f"{sql} = %s", [(key,) for key in wanted])

    def _unnest(self, fields: Sequence[Any], fits: Sequence[str]) -> str:
        sets = ", ".join(f"{self._columns[f.name]} = wanted.c{n}" for n, f in enumerate(fields))
        names = ", ".join([*(f"c{n}" for n in range(len(fields))), *fits])
        kinds = [*map(_array_type, fields), *("bigint" for _name in fits)]
        arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
        where = " AND ".join(f"{self._name}.{name} = wanted.{name}" for name in fits)
        return (
            f"UPDATE {self._name} SET {sets} "
            f"FROM unnest({arrays}) AS wanted ({names}) WHERE {where}"
        )


def _array_type(field: Any) -> str:
    """The type to send; a cast to varchar(n) would cut a long text without a word."""
    is_text = isinstance(field, models.CharField | models.TextField)
    return "text" if is_text else str(field.db_type(connection))


def _stored(field: Any) -> Callable[[Any], Any]:
    """Make the function that turns a value into what the database stores for this field."""
    if isinstance(field, models.ForeignKey):
        return _pointer(field.target_field)
    make = partial(field.get_db_prep_save, connection=connection)
    if isinstance(field, models.JSONField):  # a list or a dict cannot be looked up
        return make
    known, ready = lru_cache(_MOST_KNOWN, typed=True)(make), _ready(field)

    def text(value: Any) -> Any:
        return ready(value) if ready and type(value) is str else known(value)

    def number(value: Any) -> Any:
        return value if type(value) is int else known(value)

    return text if ready else number if isinstance(field, models.IntegerField) else known


def _pointer(target: Any) -> Callable[[Any], Any]:
    stored, name = _stored(target), target.attname

    def key(value: Any) -> Any:
        if isinstance(value, models.Model):
            found = getattr(value, name)
            if found is None:
                raise ValueError(f"{value._meta.label} is not saved yet.")
            return found
        return None if value is None else stored(value)

    return key


def _copied(field: Any) -> Callable[[Any], str]:
    """Make the function that writes a value as COPY's text format reads it."""
    stored, ready = _stored(field), _ready(field)

    def copied(value: Any) -> str:
        if ready and type(value) is str:
            return _escaped(ready(value))
        found = stored(value)
        return str(found) if type(found) is int else _as_copied(found)

    has_many = models.ForeignKey | models.IntegerField | models.JSONField
    is_alone = ready or isinstance(field, has_many)
    return copied if is_alone else lru_cache(_MOST_KNOWN, typed=True)(copied)


def _ready(field: Any) -> Callable[[str], str] | None:
    """Give what makes a text ready for a field that stores any text, None for other fields."""
    return _READY.get(type(field).get_prep_value)


def _escaped(value: str) -> str:
    if value.isprintable() and "\\" not in value:
        return value
    return (
        value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    )


def _as_copied(value: Any) -> str:
    if type(value) is int:
        return str(value)
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime.date | datetime.datetime | datetime.time):
        return value.isoformat()
    if hasattr(value, "adapted"):  # what Django wraps JSON in
        return _escaped(value.dumps(value.adapted))
    return _escaped(str(value))
