"""Reads many roots, child rows and marks as they are stored, each table in one statement.

Values come by field name as an instance would give them, references as instances.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import models

from core.aggregate import Aggregate, Child
from core.bulk.tables import Table

Stored = dict[str, Any]


class References:
    """Gives the rows that others point to, asking for each of them once."""

    def __init__(self) -> None:
        self._known: dict[type[models.Model], dict[Any, Any]] = {}

    def of(self, model: Any, keys: Iterable[Any]) -> dict[Any, Any]:
        """Give the rows of a model by key, those asked for among them."""
        known = self._known.setdefault(model, {})
        missing = set(keys) - known.keys() - {None}
        if missing:
            known.update(model._base_manager.in_bulk(list(missing)))
        return known

    def resolve(self, model: Any, rows: Sequence[Stored], names: Iterable[str]) -> None:
        """Put instances in the place of the keys that the rows hold in these fields."""
        for field in model._meta.concrete_fields:
            if field.many_to_one and field.name in names:
                name = field.name
                known = self.of(field.related_model, (row[name] for row in rows))
                for row in rows:
                    row[name] = known.get(row[name])


def roots(
    aggregate: Aggregate,
    keys: Sequence[int],
    references: References,
    wanted: Collection[str] | None = None,
) -> dict[int, Stored]:
    """Lock roots in the order of their keys and give them by key; those gone are left out.

    Where only some references are `wanted`, the others stay keys.
    """
    names = [field.name for field in aggregate.root._meta.concrete_fields]
    rows: Any = aggregate.root._default_manager.select_for_update(no_key=True)
    found = rows.filter(pk__in=keys).order_by("pk").values_list("pk", *names)
    stored = {row[0]: dict(zip(names, row[1:], strict=True)) for row in found}
    references.resolve(aggregate.root, list(stored.values()), names if wanted is None else wanted)
    return stored


def children(
    child: Child, keys: Sequence[int], references: References
) -> dict[int, dict[int, Stored]]:
    """Give the child rows of roots, by key of the root and of the row, in their order."""
    names = [field.name for field in child.model._meta.concrete_fields]
    rows = child.model._default_manager.filter(**{f"{child.parent}__in": keys})
    found = rows.order_by(child.parent, "line", "pk").values_list("pk", *names)
    stored = {row[0]: dict(zip(names, row[1:], strict=True)) for row in found}
    pointing = [name for name in names if name != child.parent]
    references.resolve(child.model, list(stored.values()), pointing)
    present: dict[int, dict[int, Stored]] = {key: {} for key in keys}
    for pk, row in stored.items():
        present[row[child.parent]][pk] = row
    return present


def links_of(aggregate: Aggregate, name: str) -> tuple[Table, str, str]:
    """Give the table of a mark, its column for the root and its column for the mark."""
    field: Any = aggregate.root._meta.get_field(name)
    table = Table(getattr(aggregate.root, name).through)
    return table, field.m2m_column_name(), field.m2m_reverse_name()


def marks(
    aggregate: Aggregate, name: str, keys: Sequence[int], references: References
) -> dict[int, dict[int, Any]]:
    """Give the marks of roots: the instances by the key of their link, by root."""
    table, source, target = links_of(aggregate, name)
    rows = table.model._base_manager.filter(**{f"{source}__in": keys}).order_by("pk")
    found = list(rows.values_list("pk", source, target))
    model = aggregate.root._meta.get_field(name).related_model
    known = references.of(model, (mark for _pk, _root, mark in found))
    present: dict[int, dict[int, Any]] = {key: {} for key in keys}
    for pk, root, mark in found:
        present[root][pk] = known[mark]
    return present
