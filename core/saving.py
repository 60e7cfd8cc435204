"""The only code that writes business rows: create, change, delete, with history and version.

It knows aggregates, not meaning; services decide what may be written and call it.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, models, transaction

from core import history
from core.aggregate import Aggregate, Draft, Edit, Outcome, RowInput
from core.bulk.deleting import delete as bulk_delete
from core.bulk.deleting import in_use, release
from core.bulk.entries import Entries
from core.bulk.roots import change as bulk_change
from core.bulk.roots import change_one as change
from core.bulk.roots import create as bulk_create
from core.bulk.roots import create_one as create
from core.bulk.roots import made as bulk_made
from core.bulk.roots import note
from core.history import Act
from core.models.base import writing
from core.once import once, retried
from core.refusal import (
    Duplicate,
    KeyReused,
    NotAsShown,
    Refused,
    Repeated,
    SomeRefused,
    Stale,
)


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
    "bulk_delete", "bulk_made", "change", "create", "delete", "in_use", "note", "once", "release",
    "retried", "tell",
]  # fmt: skip
