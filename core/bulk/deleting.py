"""Deletes many roots with all that is theirs, and lets go of rows that a batch held back.

What still points to a root keeps it; who wants to know what that is asks `in_use`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from core import constraints, history
from core.aggregate import Aggregate
from core.bulk import reading
from core.bulk.entries import Entries
from core.bulk.tables import Table
from core.bulk.texts import Labels
from core.children import names
from core.guard import writing
from core.history import Act, as_text

MOST_AT_ONCE = 2_000


def delete(
    aggregate: Aggregate, seen: Mapping[int, int], *, act: Act, action: str = "delete"
) -> list[int]:
    """Delete roots (pk -> version seen) with a full snapshot in their last history entry.

    Gives those left alone: moved on, gone, pending for another batch, or still pointed to from
    outside of what is deleted.
    """
    with transaction.atomic(), writing():
        references = reading.References()
        stored: dict[int, reading.Stored] = {}
        keys = sorted(seen)
        for start in range(0, len(keys), MOST_AT_ONCE):
            stored |= reading.roots(aggregate, keys[start : start + MOST_AT_ONCE], references)
        free = {
            pk: row
            for pk, row in stored.items()
            if row["version"] == seen[pk] and not aggregate.is_held(row, act)
        }
        while used := in_use(aggregate, list(free)):
            free = {pk: row for pk, row in free.items() if pk not in used}
        going = list(free)
        for start in range(0, len(going), MOST_AT_ONCE):
            part = {pk: free[pk] for pk in going[start : start + MOST_AT_ONCE]}
            _record(aggregate, part, references, act, action)
        for pks in (going[n : n + MOST_AT_ONCE] for n in range(0, len(going), MOST_AT_ONCE)):
            _delete_what_is_theirs(aggregate, pks)
        Table(aggregate.root).delete(going)
    return sorted(seen.keys() - free.keys())


def in_use(aggregate: Aggregate, keys: Sequence[int]) -> dict[int, str]:
    """Give for each root that rows from outside of these roots point to the sentence saying so."""
    wanted = set(keys)
    users: dict[int, set[str]] = {}
    for relation in _relations(aggregate):
        model, name = relation.related_model, relation.field.attname
        for start in range(0, len(keys), MOST_AT_ONCE):
            part = keys[start : start + MOST_AT_ONCE]
            rows = model._base_manager.filter(**{f"{name}__in": part})
            for pk, root in rows.values_list("pk", name):
                if not (model is aggregate.root and pk in wanted):
                    users.setdefault(root, set()).add(str(model._meta.verbose_name_plural))
    return {pk: constraints.used_by(labels) for pk, labels in sorted(users.items())}


def release(aggregate: Aggregate, batch: int, keys: Sequence[int] | None = None) -> int:
    """Let go of the rows (all, or these) that were pending for a batch; give how many there were.

    No version and no history entry: nothing about the record changes but that it can be seen, and
    its first entry already says which batch it came from.
    """
    with transaction.atomic(), writing():
        rows: Any = aggregate.root._default_manager.filter(**{aggregate.pending: batch})
        if keys is not None:
            rows = rows.filter(pk__in=keys)
        return int(rows.update(**{aggregate.pending: None}))


def _relations(aggregate: Aggregate) -> Iterator[Any]:
    """Give everything that may point to a root, but for what is deleted with it."""
    own = {child.model for child in aggregate.children}
    own |= {getattr(aggregate.root, name).through for name in aggregate.m2m}
    for relation in aggregate.root._meta.get_fields(include_hidden=True):
        is_pointed = relation.auto_created and not relation.concrete
        points = relation.one_to_many or relation.one_to_one
        if is_pointed and points and relation.related_model not in own:
            yield relation


def _record(
    aggregate: Aggregate,
    roots: Mapping[int, reading.Stored],
    references: reading.References,
    act: Act,
    action: str,
) -> None:
    keys = list(roots)
    children = {c.name: (c, reading.children(c, keys, references)) for c in aggregate.children}
    marks = {name: reading.marks(aggregate, name, keys, references) for name in aggregate.m2m}
    seen = {pk: row["version"] for pk, row in roots.items()}
    hashes = history.hashes_at(aggregate.subject_type, seen)
    entries, labels = Entries(aggregate.root, action), Labels(aggregate.root)
    for pk, row in roots.items():
        snapshot = {
            "fields": {name: as_text(row[name]) for name in aggregate.readable},
            "rows": {
                name: [{n: as_text(r[n]) for n in names(child)} for r in found[pk].values()]
                for name, (child, found) in children.items()
            },
            "marks": {name: [str(m) for m in found[pk].values()] for name, found in marks.items()},
        }
        entries.add(
            pk,
            labels.of(row),
            version=row["version"] + 1,
            act=act,
            changes={"snapshot": snapshot},
            prev_hash=hashes.get(pk, ""),
        )
    entries.write()


def _delete_what_is_theirs(aggregate: Aggregate, keys: Sequence[int]) -> None:
    for name in aggregate.m2m:
        table, source, _target = reading.links_of(aggregate, name)
        table.delete(keys, by=source)
    for child in aggregate.children:
        parent: Any = child.model._meta.get_field(child.parent)
        Table(child.model).delete(keys, by=parent.column)
