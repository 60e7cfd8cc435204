"""Deletes many roots with all that is theirs, and lets go of rows that a batch held back.

What still points to a root keeps it; who wants to know what that is asks `in_use`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from django.db import transaction

from core import once
from core.aggregate import Aggregate, as_text
from core.bulk import loading
from core.bulk.entries import Entries, label_of, names
from core.bulk.tables import table_of
from core.history import Act
from core.models.base import writing
from core.prepared import Prepared


def delete(
    aggregate: Aggregate, seen: Mapping[int, int], *, act: Act, action: str = "delete"
) -> dict[int, str]:
    """Delete roots (pk -> version seen) with a full snapshot in their last history entry.

    Gives those left alone: with the sentence saying what from outside of what is deleted still
    points to them, or "" when they moved on, are gone or pending for another batch.
    """
    with transaction.atomic(), writing():
        references = loading.Pointed()
        stored: dict[int, loading.Stored] = {}
        for part in loading.in_parts(sorted(seen)):
            stored |= loading.roots(aggregate, part, references)
        free = {
            pk: row
            for pk, row in stored.items()
            if row["version"] == seen[pk] and not aggregate.is_held(row, act)
        }
        kept = dict.fromkeys(sorted(seen.keys() - free.keys()), "")
        while used := in_use(aggregate, list(free)):
            kept |= used
            free = {pk: row for pk, row in free.items() if pk not in used}
        for keys in loading.in_parts(list(free)):
            _record(aggregate, {pk: free[pk] for pk in keys}, references, act, action)
        table_of(aggregate.root).delete(free)
    return dict(sorted(kept.items()))


def in_use(aggregate: Aggregate, keys: Sequence[int]) -> dict[int, str]:
    """Give for each root that rows from outside of these roots point to the sentence saying so."""
    wanted = set(keys)
    users: dict[int, set[str]] = {}
    for model, pointing in _pointing(aggregate):
        owner = model._meta.auto_created or model  # of links to marks: who carries them
        name = str(owner._meta.verbose_name_plural)
        for part in loading.in_parts(keys):
            for pk, root in pointing(part):
                if not (model is aggregate.root and pk in wanted):
                    users.setdefault(root, set()).add(name)
    return {pk: once.used_by(labels) for pk, labels in sorted(users.items())}


def release(aggregate: Aggregate, batch: int) -> int:
    """Let go of the rows that were pending for a batch; give how many there were.

    No version and no history entry: nothing about the record changes but that it can be seen, and
    its first entry already says which batch it came from.
    """
    with transaction.atomic(), writing():
        rows: Any = aggregate.root._default_manager.filter(**{aggregate.pending: batch})
        return int(rows.update(**{aggregate.pending: None}))


@cache
def _pointing(aggregate: Aggregate) -> list[tuple[Any, Prepared]]:
    """Give who may point to a root, but for what is deleted with it, and the question for it."""
    own = {child.model for child in aggregate.children}
    own |= {loading.links_of(aggregate, name)[0] for name in aggregate.m2m}
    relations: list[Any] = aggregate.root._meta.get_fields(include_hidden=True)
    return [
        (relation.related_model, _pointers(relation.related_model, relation.field.name))
        for relation in relations
        if relation.auto_created and not relation.concrete and not relation.many_to_many
        if relation.related_model not in own
    ]


def _pointers(model: Any, name: str) -> Prepared:
    rows = model._base_manager.values_list("pk", name)
    return Prepared(lambda keys: rows.filter(**{f"{name}__pk__in": keys}))


def _record(
    aggregate: Aggregate,
    roots: Mapping[int, loading.Stored],
    references: loading.Pointed,
    act: Act,
    action: str,
) -> None:
    """Write the last entries of roots, and delete what is theirs."""
    keys, model = list(roots), aggregate.root
    rows = {child: loading.children(child, keys, references) for child in aggregate.children}
    links = {name: loading.links(aggregate, name, keys, references) for name in aggregate.m2m}
    entries = Entries(model, action)

    def texts(model: Any, row: loading.Stored, fields: Iterable[str]) -> dict[str, str]:
        return {n: as_text(value) for n, value in references.told(model, row, fields).items()}

    def marks(name: str, links: Iterable[loading.Stored]) -> list[str]:
        table, _source, target = loading.links_of(aggregate, name)
        return [texts(table, link, [target])[target] for link in links]

    for pk, row in roots.items():
        snapshot = {
            "fields": texts(model, row, aggregate.readable),
            "rows": {
                child.name: [texts(child.model, one, names(child)) for one in found[pk].values()]
                for child, found in rows.items()
            },
            "marks": {name: marks(name, found[pk].values()) for name, found in links.items()},
        }
        label, version, seal = label_of(model, row), row["version"] + 1, row[loading.SEAL] or ""
        changes = {"snapshot": snapshot}
        entries.add(pk, label, version=version, act=act, changes=changes, prev_hash=seal)
    entries.write()
    for child, found in rows.items():
        table_of(child.model).delete(chain(*found.values()))
    for name, found in links.items():
        table_of(loading.links_of(aggregate, name)[0]).delete(chain(*found.values()))
