"""The only code that writes business rows: create, change, delete, with history and version.

It knows aggregates, not meaning; services decide what may be written and call it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F

from core import children, constraints, history, trees
from core import marks as mark_texts
from core.aggregate import Aggregate, Draft, Edit, Outcome, RowInput, Values, same
from core.bulk import bulk_change, bulk_create, bulk_delete, in_use, note_many, release
from core.guard import writing
from core.history import Act, as_text
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
    known = aggregate.derive({**aggregate.stamps(act, created=True), **values})
    repeated = mark_texts.columns(aggregate, marks or {})
    instance = aggregate.root(version=1, **known, **repeated)
    with constraints.explained(aggregate), transaction.atomic(), writing():
        instance.save(force_insert=True)
        if aggregate.is_tree:
            trees.place(instance)
        fields = aggregate.first_texts(known)
        children.require_own(aggregate, instance, rows or {})
        changed_rows = children.write_all(aggregate, instance, rows or {})
        fields.update(_set_marks(aggregate, instance, marks or {}))
        changes = history.parts(fields, changed_rows, evidence)
        history.record(
            instance, label=str(instance), version=1, act=act, action=action, changes=changes
        )
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
    stored: Any = None,
) -> Any:
    """Change a root and its children if it still is at `version`; give the fresh instance.

    Nothing is written, no version used, when nothing differs (unless `always`). Who has locked
    the root already passes it as `stored`.
    Raises Stale when it moved on or is gone, Duplicate when a unique value is taken.
    """
    with constraints.explained(aggregate), transaction.atomic(), writing():
        if aggregate.is_tree and {"parent", "code"} & set(values):
            trees.lock(aggregate.root)
        before = _load(aggregate, pk, version, act) if stored is None else stored
        current = {name: getattr(before, name) for name in aggregate.readable}
        known = aggregate.derive({**current, **values})
        different = {n: v for n, v in known.items() if not same(current.get(n), v)}
        if rows is not None:
            children.require_own(aggregate, before, rows)
        touched = always or bool(different) or children.differ(aggregate, before, rows or {})
        if not touched and not _marks_differ(before, marks or {}):
            return before
        repeated = mark_texts.columns(aggregate, marks or {})
        written = {**different, **repeated, **aggregate.stamps(act)}
        _compare_and_set(aggregate, pk, version, written)
        fields = aggregate.moved_texts(current, different)
        changed_rows = children.write_all(aggregate, before, rows or {})
        fields.update(_set_marks(aggregate, before, marks or {}))
        after = aggregate.root._default_manager.get(pk=pk)
        if aggregate.is_tree and {"parent", "code"} & set(different):
            trees.place(after)
        history.record(
            after,
            label=str(after),
            version=version + 1,
            act=act,
            action=action,
            changes=history.parts(fields, changed_rows, evidence),
        )
    return after


def delete(
    aggregate: Aggregate, pk: int, *, version: int, act: Act, action: str = "delete"
) -> None:
    """Delete a root with its children; the last history entry keeps a full snapshot.

    Raises Stale when it moved on, Refused when something still points to it.
    """
    with transaction.atomic(), writing():
        before = _load(aggregate, pk, version, act)
        _compare_and_set(aggregate, pk, version, {})
        snapshot = {
            "fields": {n: as_text(getattr(before, n)) for n in aggregate.readable},
            "rows": children.snapshot(aggregate, before),
            "marks": {n: [str(m) for m in getattr(before, n).all()] for n in aggregate.m2m},
        }
        history.record(
            before,
            label=str(before),
            version=version + 1,
            act=act,
            action=action,
            changes={"snapshot": snapshot},
        )
        for name in aggregate.m2m:
            getattr(before, name).clear()
        children.delete_all(aggregate, before)
        try:
            aggregate.root._default_manager.filter(pk=pk).delete()
        except models.ProtectedError as error:
            raise Refused([constraints.in_use(error)]) from error


def note(aggregate: Aggregate, model: type[models.Model], **values: Any) -> Any:
    """Insert a row of one of the aggregate's extra tables (a ledger, say), without history.

    Raises Duplicate when a unique value is taken.
    """
    with constraints.explained(aggregate), transaction.atomic(), writing():
        return model._default_manager.create(**values)


def tell(subject: models.Model, *, version: int, act: Act, action: str, changes: Any) -> None:
    """Append an entry about a row that is no aggregate (a user), as its version `version`.

    Raises Stale when the history already has that version.
    """
    with writing():
        try:
            with transaction.atomic():
                history.record(
                    subject,
                    label=str(subject),
                    version=version,
                    act=act,
                    action=action,
                    changes=changes,
                )
        except IntegrityError as error:
            raise Stale from error


def _load(aggregate: Aggregate, pk: int, version: int, act: Act) -> Any:
    related = [f.name for f in aggregate.root._meta.concrete_fields if f.many_to_one]
    rows: Any = aggregate.root._default_manager.select_related(*related)
    before = rows.filter(pk=pk).first()
    if before is None or before.version != version or aggregate.is_held(vars(before), act):
        raise Stale
    return before


def _compare_and_set(aggregate: Aggregate, pk: int, version: int, values: Values) -> None:
    found = aggregate.root._default_manager.filter(pk=pk, version=version)
    if not found.update(version=F("version") + 1, **values):
        raise Stale


def _marks_differ(instance: Any, marks: Mapping[str, Sequence[models.Model]]) -> bool:
    return any(
        {mark.pk for mark in getattr(instance, name).all()} != {mark.pk for mark in wanted}
        for name, wanted in marks.items()
    )


def _set_marks(
    aggregate: Aggregate, instance: Any, marks: Mapping[str, Sequence[models.Model]]
) -> dict[str, list[str]]:
    changed = {}
    for name, wanted in marks.items():
        manager = getattr(instance, name)
        old = list(manager.all())
        if {mark.pk for mark in old} != {mark.pk for mark in wanted}:
            manager.set(wanted)
            changed[name] = ["、".join(sorted(map(str, side))) for side in (old, wanted)]
    return changed


__all__ = [
    "Act",
    "Aggregate",
    "Draft",
    "Duplicate",
    "Edit",
    "KeyReused",
    "NotAsShown",
    "Outcome",
    "Refused",
    "Repeated",
    "RowInput",
    "SomeRefused",
    "Stale",
    "bulk_change",
    "bulk_create",
    "bulk_delete",
    "change",
    "create",
    "delete",
    "in_use",
    "note",
    "note_many",
    "once",
    "release",
    "retried",
    "tell",
]
