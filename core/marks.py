"""The marks of a record as a text in its own row: an index can then hold what a link table cannot.

The link table stays the truth; core.saving writes both together, `manage.py verify` compares them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from core.aggregate import Aggregate
from core.prepared import Prepared


def text_of(keys: Iterable[int]) -> str:
    """Write keys so that one can be found without finding a part of another: |2|17|."""
    known = sorted(set(keys))
    return f"|{'|'.join(map(str, known))}|" if known else ""


def columns(aggregate: Aggregate, marks: Mapping[str, Sequence[models.Model]]) -> dict[str, str]:
    """Give the columns of the root that repeat these marks, with their new texts."""
    return {
        column: text_of(mark.pk for mark in marks[name])
        for name, column in aggregate.mark_columns.items()
        if name in marks
    }


def holding(column: str, keys: Iterable[int]) -> Q:
    """Give the condition that a row carries at least one of these marks."""
    found = Q()
    for key in keys:
        found |= Q(GreaterThan(StrIndex(F(column), Value(text_of([key]))), Value(0)))
    return found


def keys_of(text: str) -> list[int]:
    """Read what text_of wrote."""
    return [int(key) for key in text.split("|") if key]


def column_of(model: type[models.Model], name: str) -> str:
    """Give the column of a model that repeats these marks."""
    columns: Mapping[str, str] = model.mark_columns  # type: ignore[attr-defined]
    return columns[name]


def put(rows: Sequence[Any], name: str, attribute: str) -> None:
    """Put at each of the rows the list of its marks, in their order, with one query for all."""
    model = type(rows[0])
    column = column_of(model, name)
    keys = [keys_of(getattr(row, column)) for row in rows]
    found = _in_order(model._meta.get_field(name).related_model)(sorted({*chain(*keys)}))
    marks = {mark.pk: (place, mark) for place, mark in enumerate(found)}
    for row, own in zip(rows, keys, strict=True):
        placed = sorted(marks[key] for key in own if key in marks)
        setattr(row, attribute, [mark for _place, mark in placed])


@cache
def _in_order(table: Any) -> Prepared:
    return Prepared(lambda keys: table._default_manager.in_order().filter(pk__in=keys))


def stored(aggregate: Aggregate, name: str) -> models.QuerySet[Any]:
    """Give the links (root, mark) of the truth, in the order of roots and marks."""
    field: Any = aggregate.root._meta.get_field(name)
    source, target = field.m2m_column_name(), field.m2m_reverse_name()
    links = getattr(aggregate.root, name).through._default_manager
    return links.order_by(source, target).values_list(source, target)
