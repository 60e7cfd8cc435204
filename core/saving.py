"""The only code that writes business rows: create, change, delete, with history and version.

It knows aggregates, not meaning; services decide what may be written and call it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, models, transaction

from core import history
from core.aggregate import Aggregate, Draft, Edit, Outcome, RowInput, Values
from core.bulk.deleting import delete as bulk_delete
from core.bulk.deleting import in_use, release
from core.bulk.entries import Entries
from core.bulk.roots import change as bulk_change
from core.bulk.roots import changed, created, note
from core.bulk.roots import create as bulk_create
from core.guard import writing
from core.history import Act
from core.once import explained, once, retried
from core.prepared import Prepared
from core.refusal import (
    Duplicate,
    KeyReused,
    NotAsShown,
    Refused,
    Repeated,
    SomeRefused,
    Stale,
)


def create(
    aggregate: Aggregate,
    values: Values,
    rows: Mapping[str, Sequence[RowInput]] | None = None,
    marks: Mapping[str, Sequence[models.Model]] | None = None,
    *,
    act: Act,
    action: str = "create",
    evidence: Any = None,
) -> Any:
    """Insert a root with children and marks, version 1, one history entry; give the instance.

    Raises Duplicate when a unique value is taken.
    """
    draft = Draft(dict(values), rows or {}, marks or {}, evidence=evidence)
    (stored,) = created(aggregate, [draft], act, action)
    instance = aggregate.root(**stored)
    instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS
    return instance


def change(
    aggregate: Aggregate,
    pk: int,
    values: Values,
    rows: Mapping[str, Sequence[RowInput]] | None = None,
    marks: Mapping[str, Sequence[models.Model]] | None = None,
    *,
    version: int,
    act: Act,
    action: str = "change",
    evidence: Any = None,
    always: bool = False,
    locked: Any = None,
) -> Any:
    """Change a root and its children if it still is at `version`; give the fresh instance.

    `locked` is the stored one if the caller has it locked, and then the fresh one. Nothing is
    written, no version used, when nothing differs (unless `always`).
    Raises Stale when it moved on or is gone, Duplicate when a unique value is taken.
    """
    edit = Edit(
        pk, version, values, rows or {}, marks or {},
        evidence=evidence, always=always, locked=locked,
    )  # fmt: skip
    with explained(aggregate), transaction.atomic(), writing():
        if changed(aggregate, [edit], act, action).stale:
            raise Stale
        return locked or _fresh(aggregate.root).first(pk)


@cache
def _fresh(model: type[models.Model]) -> Prepared:
    return Prepared(lambda pk: model._default_manager.filter(pk=pk))


def delete(
    aggregate: Aggregate, pk: int, *, version: int, act: Act, action: str = "delete"
) -> None:
    """Delete a root with its children; the last history entry keeps a full snapshot.

    Raises Stale when it moved on, Refused when something still points to it.
    """
    left = bulk_delete(aggregate, {pk: version}, act=act, action=action)
    if left.get(pk):
        raise Refused([left[pk]])
    if left:
        raise Stale


def tell(subject: models.Model, *, version: int, act: Act, action: str, changes: Any) -> None:
    """Append an entry about a row that is no aggregate (a user), as its version `version`.

    Raises Stale when the history already has that version.
    """
    entries = Entries(type(subject), action)
    before = history.seal_of(subject._meta.label_lower, subject.pk, version - 1).first()
    entries.add(
        subject.pk, str(subject), version=version, act=act, changes=changes, prev_hash=before or ""
    )
    with writing():
        try:
            with transaction.atomic():
                entries.write()
        except IntegrityError as error:
            raise Stale from error


__all__ = [
    "Act", "Aggregate", "Draft", "Duplicate", "Edit", "KeyReused", "NotAsShown", "Outcome",
    "Refused", "Repeated", "RowInput", "SomeRefused", "Stale", "bulk_change", "bulk_create",
    "bulk_delete", "change", "create", "delete", "in_use", "note", "once", "release", "retried",
    "tell",
]  # fmt: skip
