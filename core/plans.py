"""How the database is led to a page of a large table: by an index, by the order, or by the hits.

It changes how rows are found, never which. What was measured stands in bench/README.md.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from functools import reduce
from itertools import takewhile
from operator import or_
from typing import Any
from unicodedata import category

from django.db import connection, models
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.expressions import Col
from django.db.models.lookups import Exact, In, IsNull, Lookup

FEW, MANY = 2_000, 5_000
MOST_LINKS = 20_000
ALL = 2**31 - 1
# Letters of scripts without case, digits, blanks, punctuation.
_CASELESS = {"Lo", "Nd", "Zs", "Pd", "Ps", "Pe", "Po"}


def settled(
    rows: models.QuerySet, few: int, narrow: Callable[[models.QuerySet], models.QuerySet]
) -> models.QuerySet:
    """Begin with these rows when they are few, whatever `narrow` asks of them; give what it gives.

    SQLite knows no frequencies: for somebody who sees 200 of a million rows it would go through
    all rows of a state. PostgreSQL knows them.
    """
    if connection.vendor != "sqlite" or not is_narrowed(rows):
        return narrow(rows)
    if rows.order_by()[:few].count() == few:
        return narrow(rows)
    return _walking(narrow(_pinned(rows, few)), "")


def planned(rows: models.QuerySet, key: str, total: int | None) -> models.QuerySet:
    """Choose how to find a page in the order of `key`; `total` is the number of hits, if not many.

    Where an index holds just these rows in just this order, by that. Few hits: collect them all and
    sort. Many: SQLite is made to walk the order and skip what does not fit; PostgreSQL does so.
    """
    if not is_narrowed(rows) or _is_ordered(rows, key):
        return rows
    if total is not None and not (total > MANY and connection.vendor == "sqlite"):
        is_cheap = total > FEW and _has_index(rows)
        return rows if is_cheap else _pinned(rows, total + 1)
    return _walking(rows, key) if connection.vendor == "sqlite" else rows


def collected(rows: models.QuerySet) -> models.QuerySet:
    """Find all hits, then sort: where the order leads past too many others before the first hit."""
    return _pinned(rows, ALL)


def keyed(rows: models.QuerySet, keys: str) -> models.QuerySet:
    """Find rows by their keys, which are joined by commas: one value to write and to send."""
    if connection.vendor == "sqlite":
        return _walking(rows.filter(_AnyKey(F("pk"), Value(f"[{keys}]"))), "")
    return rows.filter(_AnyKey(F("pk"), Value(f"{{{keys}}}")))


def is_read_through(rows: models.QuerySet) -> bool:
    """Say whether all rows must be read to know which are asked for: no index leads to them."""
    return is_narrowed(rows) and not _has_index(rows)


def containing(text: str, *names: str) -> Q:
    """Ask for a text in one of these fields, whatever its case.

    Where no character has a case, PostgreSQL need not turn each value into capitals, which takes
    six times as long as looking for the text.
    """
    how = "contains" if {category(one) for one in text} <= _CASELESS else "icontains"
    return reduce(or_, (Q(**{f"{name}__{how}": text}) for name in names))


def filled(name: str) -> Q:
    """Ask for those that have a text in a field, in the words of an index that leaves out the rest.

    Without them, or with the empty text as a value beside the SQL, that index is not used.
    """
    return ~Q(**{name: _Empty("")})


def led_by(rows: models.QuerySet, column: str) -> models.QuerySet:
    """Find rows by the index of a column that few share: SQLite may prefer a frequent state's."""
    return _walking(rows, column) if connection.vendor == "sqlite" else rows


def is_worth_collecting(links: models.QuerySet) -> bool:
    """Say whether to begin with these links instead of asking row by row whether there is one.

    PostgreSQL decides that by itself.
    """
    if connection.vendor != "sqlite":
        return False
    return links.order_by()[: MOST_LINKS + 1].count() <= MOST_LINKS


def is_held(model: type[models.Model], column: str, given: Collection[str]) -> bool:
    """Say whether an index that begins with what is asked for holds `column` too.

    The condition is then read from the index; a look at another table for every row of it would
    take several times that.
    """
    for index in model._meta.indexes:
        asked = list(takewhile(lambda name: not name.startswith("-"), index.fields))
        if column in index.fields and asked and set(asked) <= set(given):
            return True
    return False


def is_narrowed(rows: models.QuerySet) -> bool:
    """Say whether a condition leaves out more than the rare rows where a column is set."""
    return any(
        not (isinstance(child, IsNull) and child.rhs is True) for child in rows.query.where.children
    )


def _pinned(rows: models.QuerySet, few: int) -> models.QuerySet:
    """The limit keeps the planner from mixing the search for hits with what is done to them."""
    found = rows.order_by().values("pk")[:few]
    return rows.model._default_manager.filter(pk__in=found)


def _is_ordered(rows: models.QuerySet, key: str) -> bool:
    """Say whether an index begins with columns that have one value each, and goes on with `key`."""
    fixed = {
        child.lhs.target.name
        for child in rows.query.where.children
        if isinstance(child, (Exact, In)) and isinstance(child.lhs, Col) and _is_single(child)
    }
    for index in rows.model._meta.indexes:
        names = [name.lstrip("-") for name in index.fields]
        if key in names and index.condition is None:
            before = names[: names.index(key)]
            if before and fixed.issuperset(before):
                return True
    return False


def _is_single(condition: Exact | In) -> bool:
    values = condition.rhs
    return isinstance(condition, Exact) or (isinstance(values, list | tuple) and len(values) == 1)


def _has_index(rows: models.QuerySet) -> bool:
    known = _indexed(rows.model)
    return any(
        isinstance(child, (Exact, In))
        and isinstance(child.lhs, Col)
        and child.lhs.target.name in known
        for child in rows.query.where.children
    )


def _indexed(model: type[models.Model]) -> set[str]:
    first = {index.fields[0].lstrip("-") for index in model._meta.indexes if index.fields}
    return first | {
        one.name for one in model._meta.concrete_fields if getattr(one, "db_index", False)
    }


def _walking(rows: models.QuerySet, key: str) -> models.QuerySet:
    rows = rows.all()
    rows.query.where = _unindexed(rows.query.where, key)
    return rows


def _unindexed(node: Any, key: str) -> Any:
    """Copy a WHERE tree with `+column` in place of columns: SQLite then uses no index of theirs."""
    twin = node.clone()
    twin.children = [
        _unindexed(child, key) if hasattr(child, "children") else _plain(child, key)
        for child in twin.children
    ]
    return twin


def _plain(child: Any, key: str) -> Any:
    column = child.lhs if isinstance(child, Lookup) else None
    # Not for numbers: without its column a decimal is compared as text.
    kinds = (models.CharField, models.ForeignKey, models.DateField)
    if not isinstance(column, Col) or not isinstance(column.target, kinds):
        return child
    if column.target.name == key:
        return child
    twin = copy.copy(child)
    twin.lhs = _Plus(column, output_field=column.output_field)
    return twin


class _Empty(Value):
    """The empty text, in the SQL itself."""

    def as_sql(self, _compiler: Any, _connection: Any) -> Any:
        return "''", []


class _AnyKey(Func):
    """Say whether a key is one of a text of keys, which is read before the first row is."""

    output_field = BooleanField()
    template, arg_joiner = "%(expressions)s::bigint[])", " = ANY("

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> Any:
        template, joiner = "%(expressions)s))", " IN (SELECT value FROM json_each("
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner)


class _Plus(Func):
    """A column that SQLite may not look up in an index."""

    template = "+%(expressions)s"
