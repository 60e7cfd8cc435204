"""Reads many roots, child rows and marks as they are stored, each table in one statement.

Values come by field name; a reference is its key until somebody wants to tell of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import models

from core.aggregate import Aggregate, Child, Values
from core.history import seal_of
from core.prepared import Prepared

MOST_AT_ONCE = 2_000
SEAL = "newest_entry"  # no field is called so

Stored = dict[str, Any]
Below = dict[int, dict[int, Stored]]  # rows by the key of their root and their own


def in_parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Give keys in parts that one statement can take."""
    for start in range(0, len(keys), MOST_AT_ONCE):
        yield keys[start : start + MOST_AT_ONCE]


class Pointed:
    """Gives the rows that others point to; all that were noted are asked for at once, if at all."""

    def __init__(self) -> None:
        self._noted: dict[Any, set[Any]] = defaultdict(set)
        self._known: dict[Any, dict[Any, Any]] = defaultdict(dict)

    def note(self, model: type[models.Model], rows: Iterable[Stored], *, skip: str = "") -> None:
        """Remember what these rows point to, but for the field `skip`."""
        for name, target in pointers(model).items():
            if name != skip:
                self._noted[target].update(row[name] for row in rows)

    def told(self, model: type[models.Model], row: Values, names: Iterable[str]) -> Stored:
        """Give these fields of a row, with instances in the place of keys."""
        pointed = pointers(model)
        return {
            name: self._of(pointed[name], row[name]) if name in pointed else row[name]
            for name in names
            if name in row
        }

    def _of(self, model: Any, key: Any) -> Any:
        known = self._known[model]
        if key is not None and key not in known:
            missing = (self._noted.pop(model, set()) | {key}) - known.keys() - {None}
            for part in in_parts(list(missing)):
                known.update((row.pk, row) for row in _instances(model)(part))
        return known.get(key)


@cache
def pointers(model: type[models.Model]) -> dict[str, Any]:
    """Give the fields of a model that point to others, with whom they point to."""
    fields: Any = model._meta.concrete_fields
    return {field.name: field.related_model for field in fields if field.is_relation}


@cache
def _names(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields]


@cache
def _instances(model: type[models.Model]) -> Prepared:
    return Prepared(lambda keys: model._base_manager.filter(pk__in=keys))


@cache
def _roots(model: type[models.Model]) -> Prepared:
    def ask(keys: Any) -> models.QuerySet[Any]:
        rows = locking(model._default_manager.all())
        return rows.filter(pk__in=keys).order_by("pk").values_list(*_names(model), SEAL)

    return Prepared(ask)


def locking(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Give roots locked, each with the hash of its newest entry: what a write must know of them."""
    kind = rows.model._meta.label_lower
    seal = models.Subquery(seal_of(kind, models.OuterRef("pk"), models.OuterRef("version")))
    return rows.select_for_update(of=("self",), no_key=True).annotate(**{SEAL: seal})


@cache
def _rows(model: Any, parent: str, order: tuple[str, ...]) -> Prepared:
    def ask(keys: Any) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = model._base_manager.filter(**{f"{parent}__pk__in": keys})
        return rows.order_by(*order).values_list(*_names(model))

    return Prepared(ask)


def roots(
    aggregate: Aggregate, keys: Sequence[int], references: Pointed, locked: Sequence[Any] = ()
) -> dict[int, Stored]:
    """Lock roots in the order of their keys and give them by key; those gone are left out.

    Those that the caller `locked` are not read again. Under SEAL stands the hash of the newest
    entry of each.
    """
    names = [*_names(aggregate.root), SEAL]
    read = attrgetter(*(field.attname for field in aggregate.root._meta.concrete_fields), SEAL)
    stored = {one.pk: dict(zip(names, read(one), strict=True)) for one in locked}
    for one in _roots(aggregate.root)([pk for pk in keys if pk not in stored]):
        row = dict(zip(names, one, strict=True))
        stored[row["id"]] = row
    references.note(aggregate.root, stored.values())
    return stored


def children(child: Child, keys: Sequence[int], references: Pointed) -> Below:
    """Give the child rows of roots in their order."""
    return _below(child.model, child.parent, ("line", "pk"), keys, references)


def links(aggregate: Aggregate, name: str, keys: Sequence[int], references: Pointed) -> Below:
    """Give the links of roots to their marks."""
    model, source, _target = links_of(aggregate, name)
    return _below(model, source, ("pk",), keys, references)


def links_of(aggregate: Aggregate, name: str) -> tuple[type[models.Model], str, str]:
    """Give the table of the links to a mark, its field for the root and that for the mark."""
    field: Any = aggregate.root._meta.get_field(name)
    return field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()


def _below(
    model: Any, parent: str, order: tuple[str, ...], keys: Sequence[int], references: Pointed
) -> Below:
    names = _names(model)
    rows = [dict(zip(names, row, strict=True)) for row in _rows(model, parent, order)(keys)]
    references.note(model, rows, skip=parent)
    present: Below = {key: {} for key in keys}
    for row in rows:
        present[row[parent]][row["id"]] = row
    return present
