"""Sends many rows to one table in one statement: COPY and unnest, or executemany on SQLite.

It knows columns, not aggregates; what stands in the rows is its callers' business.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

from core.guard import require_writing

Row = list[Any]
_NULL = "\\N"
_PLAIN_TEXT = (models.CharField.get_prep_value, models.TextField.get_prep_value)


class Table:
    """One table while a call writes to it: what it stores for a value is worked out once."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.fields: list[Any] = list(model._meta.concrete_fields)
        self.places = {f.name: n for n, f in enumerate(self.fields)}
        self.places |= {f.attname: n for n, f in enumerate(self.fields)}
        self.copies = connection.vendor == "postgresql"
        self._stored = [_stored(field) for field in self.fields]
        self._sent = list(map(_copied, self.fields)) if self.copies else self._stored
        self._defaults = [
            None if field.primary_key else send(field.get_default())
            for field, send in zip(self.fields, self._sent, strict=True)
        ]
        self._ways: dict[tuple[str, ...], list[tuple[int, Callable[[Any], Any]]]] = {}
        self._fresh = [
            n for n, f in enumerate(self.fields) if f.has_default() and callable(f.default)
        ]

    def row(self, values: Mapping[str, Any]) -> Row:
        """Give a row for `insert`: these values by field name, defaults for the rest."""
        row = self._defaults.copy()
        for place in self._fresh:
            row[place] = self._sent[place](self.fields[place].get_default())
        names = tuple(values)
        ways = self._ways.get(names)
        if ways is None:
            places = [self.places[name] for name in names]
            ways = self._ways[names] = [(place, self._sent[place]) for place in places]
        for (place, send), value in zip(ways, values.values(), strict=True):
            row[place] = send(value)
        return row

    def text(self, value: str) -> str:
        """Give what stands in a row for a value that the database reads from this text."""
        return _escaped(value) if self.copies else value

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

    def insert(self, rows: Sequence[Row], *, own_keys: bool = False) -> None:
        """Insert rows made by `row`; the database gives the keys unless the rows bring them."""
        require_writing(self.model._meta.label)
        if not rows:
            return
        start = 0 if own_keys else 1  # the key is the first field of every business model
        columns = ", ".join(_quoted(field.column) for field in self.fields[start:])
        with connection.cursor() as cursor:
            if not self.copies:
                marks = ", ".join(["%s"] * (len(self.fields) - start))
                sql = f"INSERT INTO {self._name} ({columns}) VALUES ({marks})"
                cursor.executemany(sql, [row[start:] for row in rows] if start else rows)
                return
            lines = "\n".join(["\t".join(row[start:] if start else row) for row in rows])
            with connection.wrap_database_errors:
                cursor.copy_expert(
                    f"COPY {self._name} ({columns}) FROM STDIN", io.BytesIO(lines.encode())
                )

    def update(self, names: Sequence[str], rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        """Set these fields of the rows (key, values by field name)."""
        self._update(names, [(pk, None, values) for pk, values in rows])

    def compare_and_set(
        self, names: Sequence[str], rows: Sequence[tuple[int, int, Mapping[str, Any]]]
    ) -> int:
        """Set these fields and the next version of the rows (key, version, values) still at it.

        Gives how many there were.
        """
        return self._update(names, rows, is_guarded=True)

    def delete(self, keys: Iterable[int], *, by: str = "id") -> None:
        """Delete the rows whose column `by` is one of the keys."""
        require_writing(self.model._meta.label)
        wanted = list(keys)
        if not wanted:
            return
        with connection.cursor() as cursor:
            sql = f"DELETE FROM {self._name} WHERE {_quoted(by)} "
            if self.copies:
                cursor.execute(f"{sql} = ANY(%s)", [wanted])
            else:
                cursor.executemany(f"{sql} = %s", [(key,) for key in wanted])

    def _update(
        self, names: Sequence[str], rows: Sequence[Any], *, is_guarded: bool = False
    ) -> int:
        require_writing(self.model._meta.label)
        if not rows:
            return 0
        places = [self.places[name] for name in names]
        fields = [self.fields[place] for place in places]
        stored = [self._stored[place] for place in places]
        keys = [row[0] for row in rows]
        columns = [
            [send(row[2][name]) for row in rows] for name, send in zip(names, stored, strict=True)
        ]
        seen = [[row[1] for row in rows]] if is_guarded else []
        with connection.cursor() as cursor:
            if self.copies:
                cursor.execute(self._unnest(fields, is_guarded), [keys, *seen, *columns])
            else:
                cursor.executemany(
                    self._one_by_one(fields, is_guarded),
                    list(zip(*columns, keys, *seen, strict=True)),
                )
            return int(cursor.rowcount)

    def _unnest(self, fields: Sequence[Any], is_guarded: bool) -> str:
        sets = [f"{_quoted(f.column)} = wanted.c{n}" for n, f in enumerate(fields)]
        types = ["bigint", *(["bigint"] if is_guarded else []), *map(_array_type, fields)]
        names = ["id", *(["seen"] if is_guarded else []), *(f"c{n}" for n in range(len(fields)))]
        guard = f" AND {self._name}.version = wanted.seen" if is_guarded else ""
        sets += [f"version = {self._name}.version + 1"] if is_guarded else []
        arrays = ", ".join(f"%s::{kind}[]" for kind in types)
        return (
            f"UPDATE {self._name} SET {', '.join(sets)} "
            f"FROM unnest({arrays}) AS wanted ({', '.join(names)}) "
            f"WHERE {self._name}.id = wanted.id{guard}"
        )

    def _one_by_one(self, fields: Sequence[Any], is_guarded: bool) -> str:
        sets = [f"{_quoted(field.column)} = %s" for field in fields]
        sets += ["version = version + 1"] if is_guarded else []
        guard = " AND version = %s" if is_guarded else ""
        return f"UPDATE {self._name} SET {', '.join(sets)} WHERE id = %s{guard}"

    @property
    def _name(self) -> str:
        return _quoted(self.model._meta.db_table)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _array_type(field: Any) -> str:
    """The type to send; a cast to varchar(n) would cut a long text without a word."""
    is_text = isinstance(field, models.CharField | models.TextField)
    return "text" if is_text else str(field.db_type(connection))


def _stored(field: Any) -> Callable[[Any], Any]:
    """Make the function that turns a value into what the database stores for this field."""
    if isinstance(field, models.ForeignKey):
        return _pointer(field.target_field)
    if type(field).get_prep_value in _PLAIN_TEXT:

        def text(value: Any) -> Any:
            plain = type(value) is str
            return value if plain else field.get_db_prep_save(value, connection)

        return text
    memory: dict[Any, Any] = {}
    is_number = isinstance(field, models.IntegerField)

    def other(value: Any) -> Any:
        if is_number and type(value) is int:
            return value
        try:
            return memory[type(value), value]
        except KeyError:
            found = memory[type(value), value] = field.get_db_prep_save(value, connection)
            return found
        except TypeError:  # a list or a dict, for JSON
            return field.get_db_prep_save(value, connection)

    return other


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
    stored = _stored(field)
    if isinstance(field, models.ForeignKey):
        known: dict[Any, str] = {}

        def key(value: Any) -> str:
            found = stored(value)
            text = known.get(found)
            if text is None:
                text = known[found] = _as_copied(found)
            return text

        return key
    if type(field).get_prep_value in _PLAIN_TEXT:

        def text(value: Any) -> str:
            return _escaped(value) if type(value) is str else _as_copied(stored(value))

        return text
    memory: dict[Any, str] = {}

    def other(value: Any) -> str:
        if type(value) is int:
            return _as_copied(stored(value))
        try:
            return memory[type(value), value]
        except KeyError:
            found = memory[type(value), value] = _as_copied(stored(value))
            return found
        except TypeError:  # a list or a dict, for JSON
            return _as_copied(stored(value))

    return other


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
