"""Questions whose SQL is written once for each connection; only the values in it change.

Django writes the SQL of a queryset each time: for a row or two that costs ten times the answer. It
knows no model; for what people combine freely there are querysets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from operator import itemgetter
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, Value
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    get_related_populators,
)

Rows = Sequence[Sequence[Any]]

_LARGEST = 2**63 - 1


class Prepared:
    """A question with open places: `ask` makes the queryset of it, with marks for the values.

    A value is a text, a number or a moment, never None, or a list of those for `…__pk__in`. Answers
    are what the queryset would give, without prefetches.
    """

    def __init__(self, ask: Callable[..., QuerySet[Any]]) -> None:
        self._ask = ask

    def __call__(self, *values: Any) -> list[Any]:
        """Ask with these values; of a list without any, or a number beyond all keys, nothing."""
        asked = self._asked(values)
        if asked is None:
            return []
        question, params = asked
        return question.read(_rows(question.sql, params))

    def count(self, *values: Any) -> int:
        """Count the answers, without fetching them."""
        asked = self._asked(values)
        if asked is None:
            return 0
        question, params = asked
        return int(_rows(question.counting, params)[0][0])

    def first(self, *values: Any) -> Any:
        """Give the first answer, or None."""
        return next(iter(self(*values)), None)

    def _asked(self, values: Sequence[Any]) -> tuple[_Question, list[Any]] | None:
        """Give the question with its values in place; None where the answer is nothing."""
        connection = connections[DEFAULT_DB_ALIAS]
        given = [_sent(value, connection) for value in values]
        if any(one == [] or (isinstance(one, int) and one > _LARGEST) for one in given):
            return None
        known = connection.__dict__.setdefault("prepared", WeakKeyDictionary())
        written = known.setdefault(self, {})
        shape = tuple(len(one) if isinstance(one, list) else 0 for one in given)
        if shape not in written:
            written[shape] = self._write(given, connection)
        question = written[shape]
        flat = [one for some in given for one in (some if isinstance(some, list) else (some,))]
        return question, [flat[p.value] if isinstance(p, _Mark) else p for p in question.places]

    def _write(self, given: Sequence[Any], connection: Any) -> _Question:
        place = count()
        marks = (
            [_Mark(next(place)) for _one in some] if isinstance(some, list) else _Mark(next(place))
            for some in given
        )
        queryset = self._ask(*marks)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        counting = f"SELECT COUNT(*) FROM ({sql}) AS found"
        reader = _reader(queryset, compiler)
        return _Question(Standing(sql, params), Standing(counting, params), tuple(params), reader)


def put(owner: Any, name: str, rows: list[Any]) -> None:
    """Put rows in the place of a record's children or marks, as a prefetch of Django does."""
    children = getattr(owner, name).all()
    children._result_cache, children._prefetch_done = rows, True
    owner.__dict__.setdefault("_prefetched_objects_cache", {})[name] = children


def _rows(sql: str, params: Sequence[Any]) -> Rows:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


class _Mark(Value):
    """The place of a value: how many stand before it, those in lists too."""

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, Any]:
        return "%s", [self]


class Standing(str):
    """SQL that is sent again and again; `places` says of each value in it whether it may change.

    PostgreSQL is asked to keep its plan (config/postgresql).
    """

    places: tuple[bool, ...]

    def __new__(cls, sql: str, params: Sequence[Any]) -> Standing:
        """Note which of the values stand open."""
        made = super().__new__(cls, sql)
        made.places = tuple(isinstance(one, _Mark) for one in params)
        return made


@dataclass(frozen=True)
class _Question:
    sql: Standing
    counting: Standing
    places: tuple[Any, ...]
    read: Callable[[Rows], list[Any]]


def _sent(value: Any, connection: Any) -> Any:
    """Give a value as it is sent; a list is filled up with its last, so that few lengths are."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if not isinstance(value, (list, tuple)):
        return value
    known = [_sent(one, connection) for one in value]
    length = 1 << max(len(known) - 1, 0).bit_length()
    return known + known[-1:] * (length - len(known))


def _reader(queryset: QuerySet[Any], compiler: Any) -> Callable[[Rows], list[Any]]:
    converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
    make = _maker(queryset, compiler)

    def read(rows: Rows) -> list[Any]:
        return [make(row) for row in compiler.apply_converters(rows, converters)]

    return read


def _maker(queryset: QuerySet[Any], compiler: Any) -> Callable[[Sequence[Any]], Any]:
    kind = queryset._iterable_class  # type: ignore[attr-defined]
    if issubclass(kind, FlatValuesListIterable):
        return itemgetter(0)
    if not issubclass(kind, ModelIterable):
        return tuple
    klass = compiler.klass_info
    first, last = klass["select_fields"][0], klass["select_fields"][-1] + 1
    names = [column.target.attname for column, _sql, _alias in compiler.select[first:last]]
    populate: Any = get_related_populators  # the stubs know a later Django
    populators = populate(klass, compiler.select, queryset.db)

    def made(row: Sequence[Any]) -> Any:
        found = klass["model"].from_db(queryset.db, names, row[first:last])
        for populator in populators:
            populator.populate(row, found)
        for name, column in compiler.annotation_col_map.items():
            setattr(found, name, row[column])
        return found

    return made
