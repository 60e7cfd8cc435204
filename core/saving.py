"""The only code that writes business rows: create, change, delete, with history and version.

It knows aggregates, not meaning; services decide what may be written and call it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from core import children, constraints, history, trees
from core import marks as mark_texts
from core.aggregate import Aggregate, Draft, RowInput, Values
from core.guard import writing
from core.history import Act, as_text
from core.models import Change
from core.once import once, retried
from core.refusal import Duplicate, KeyReused, Refused, Repeated, Stale


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
    known = aggregate.derive({**_stamps(aggregate, act, created=True), **values})
    repeated = mark_texts.columns(aggregate, marks or {})
    instance = aggregate.root(version=1, **known, **repeated)
    with constraints.explained(aggregate), transaction.atomic(), writing():
        instance.save(force_insert=True)
        if aggregate.is_tree:
            trees.place(instance)
        fields = _first_texts(aggregate, known)
        children.require_own(aggregate, instance, rows or {})
        changed_rows = children.write_all(aggregate, instance, rows or {})
        fields.update(_set_marks(aggregate, instance, marks or {}))
        changes = _changes(fields, changed_rows, evidence)
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
) -> Any:
    """Change a root and its children if it still is at `version`; give the fresh instance.

    Nothing is written, no version used, when nothing differs (unless `always`).
    Raises Stale when it moved on or is gone, Duplicate when a unique value is taken.
    """
    with constraints.explained(aggregate), transaction.atomic(), writing():
        if aggregate.is_tree and {"parent", "code"} & set(values):
            trees.lock(aggregate.root)
        before = _load(aggregate, pk, version)
        current = {name: getattr(before, name) for name in _readable(aggregate)}
        known = aggregate.derive({**current, **values})
        different = {n: v for n, v in known.items() if not _equal(current.get(n), v)}
        if rows is not None:
            children.require_own(aggregate, before, rows)
        touched = always or bool(different) or children.differ(aggregate, before, rows or {})
        if not touched and not _marks_differ(before, marks or {}):
            return before
        repeated = mark_texts.columns(aggregate, marks or {})
        written = {**different, **repeated, **_stamps(aggregate, act)}
        _compare_and_set(aggregate, pk, version, written)
        fields = _field_changes(aggregate, current, different)
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
            changes=_changes(fields, changed_rows, evidence),
        )
    return after


def delete(
    aggregate: Aggregate, pk: int, *, version: int, act: Act, action: str = "delete"
) -> None:
    """Delete a root with its children; the last history entry keeps a full snapshot.

    Raises Stale when it moved on, Refused when something still points to it.
    """
    with transaction.atomic(), writing():
        before = _load(aggregate, pk, version)
        _compare_and_set(aggregate, pk, version, {})
        snapshot = {
            "fields": {n: as_text(getattr(before, n)) for n in _readable(aggregate)},
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


def note_many(aggregate: Aggregate, rows: Sequence[models.Model]) -> None:
    """Insert many rows of the aggregate's extra tables of one kind. Raises Duplicate."""
    with constraints.explained(aggregate), transaction.atomic(), writing():
        if rows:
            type(rows[0])._default_manager.bulk_create(rows, batch_size=1000)


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


def bulk_create(
    aggregate: Aggregate, drafts: Sequence[Draft], *, act: Act, action: str = "create"
) -> list[Any]:
    """Insert many roots with their children in a few statements; each gets its history entry.

    A draft may bring an act of its own, such as the row of a file it came from. In a tree the
    parents must be there already: one call for each level.
    """
    acts = [draft.act or act for draft in drafts]
    with constraints.explained(aggregate), transaction.atomic(), writing():
        known = [
            aggregate.derive({**_stamps(aggregate, own, created=True), **draft.values})
            for own, draft in zip(acts, drafts, strict=True)
        ]
        instances = [
            aggregate.root(version=1, **values, **mark_texts.columns(aggregate, draft.marks))
            for values, draft in zip(known, drafts, strict=True)
        ]
        aggregate.root._default_manager.bulk_create(instances, batch_size=500)
        if aggregate.is_tree:
            trees.place_new(instances)
        rows = children.bulk_create(aggregate, instances, drafts)
        marks = children.bulk_mark(aggregate, instances, drafts)
        entries = []
        for index, (instance, values) in enumerate(zip(instances, known, strict=True)):
            fields = {**_first_texts(aggregate, values), **marks[index]}
            changes = _changes(fields, rows[index], None)
            entries.append(
                history.build(
                    instance,
                    label=str(instance),
                    version=1,
                    act=acts[index],
                    action=action,
                    changes=changes,
                    prev_hash="",
                )
            )
        Change.objects.bulk_create(entries, batch_size=500)
    return instances


def bulk_change(
    aggregate: Aggregate,
    seen: Mapping[int, int],
    values: Mapping[int, Values],
    *,
    act: Act,
    action: str,
    acts: Mapping[int, Act] | None = None,
    evidence: Mapping[int, Any] | None = None,
) -> list[int]:
    """Change header fields of many roots (pk -> version seen); give the pks that had moved on.

    Rows that moved on are left alone. `acts` and `evidence` say by pk what differs from row to row.
    """
    own_acts, evidence = acts or {}, evidence or {}
    related = [f.name for f in aggregate.root._meta.concrete_fields if f.many_to_one]
    with constraints.explained(aggregate), transaction.atomic(), writing():
        rows: Any = aggregate.root._default_manager.select_related(*related)
        found = rows.select_for_update(of=("self",), no_key=True).filter(pk__in=seen)
        current = {obj.pk: obj for obj in found.order_by("pk") if obj.version == seen[obj.pk]}
        hashes = history.last_hashes(aggregate.subject_type, current)
        entries, names = [], {"version"}
        for pk, obj in current.items():
            own = own_acts.get(pk, act)
            before = {n: getattr(obj, n) for n in _readable(aggregate)}
            different = {
                n: v
                for n, v in aggregate.derive({**before, **values[pk]}).items()
                if not _equal(before.get(n), v)
            }
            assert not (aggregate.is_tree and {"parent", "code"} & set(different))  # paths move
            stamped = {**different, **_stamps(aggregate, own), "version": obj.version + 1}
            for name, value in stamped.items():
                setattr(obj, name, value)
                names.add(name)
            entries.append(
                history.build(
                    obj,
                    label=str(obj),
                    version=obj.version,
                    act=own,
                    action=action,
                    changes=_changes(
                        _field_changes(aggregate, before, different), [], evidence.get(pk)
                    ),
                    prev_hash=hashes.get(pk, ""),
                )
            )
        _update_many(aggregate.root, current.values(), names)
        Change.objects.bulk_create(entries, batch_size=500)
    return sorted(set(seen) - set(current))


def _load(aggregate: Aggregate, pk: int, version: int) -> Any:
    related = [f.name for f in aggregate.root._meta.concrete_fields if f.many_to_one]
    rows: Any = aggregate.root._default_manager.select_related(*related)
    before = rows.filter(pk=pk).first()
    if before is None or before.version != version:
        raise Stale
    return before


def _compare_and_set(aggregate: Aggregate, pk: int, version: int, values: Values) -> None:
    found = aggregate.root._default_manager.filter(pk=pk, version=version)
    if not found.update(version=F("version") + 1, **values):
        raise Stale


def _update_many(model: type[models.Model], rows: Iterable[Any], names: Iterable[str]) -> None:
    """Write these fields of each row; bulk_update's CASE for every field costs five times that."""
    fields: list[Any] = [model._meta.get_field(name) for name in sorted(names)]
    quoted = connection.ops.quote_name
    sets = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    sql = f"UPDATE {quoted(model._meta.db_table)} SET {sets} WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.executemany(sql, [
            [*(f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields), row.pk]
            for row in rows
        ])  # fmt: skip


def _readable(aggregate: Aggregate) -> list[str]:
    return [f.name for f in aggregate.root._meta.concrete_fields if f.name not in ("id", "version")]


def _stamps(aggregate: Aggregate, act: Act, *, created: bool = False) -> dict[str, Any]:
    fields = {f.name for f in aggregate.root._meta.concrete_fields}
    stamps = {"updated_at": act.at, "updated_by": act.by} if "updated_at" in fields else {}
    if created and "created_at" in fields:
        stamps |= {"created_at": act.at, "created_by": act.by}
    return stamps


def _silent(aggregate: Aggregate) -> frozenset[str]:
    return aggregate.derived | {
        "updated_at",
        "updated_by",
        "created_at",
        "created_by",
        "path",
        "sort_path",
        *aggregate.mark_columns.values(),
        "id",
        "pk",
    }


def _field_changes(aggregate: Aggregate, before: Values, different: Values) -> dict[str, list[str]]:
    silent = _silent(aggregate)
    return {
        name: [as_text(before.get(name)), as_text(value)]
        for name, value in different.items()
        if name not in silent
    }


def _first_texts(aggregate: Aggregate, values: Values) -> dict[str, list[str]]:
    silent = _silent(aggregate)
    texts = {name: as_text(value) for name, value in values.items() if name not in silent}
    return {name: ["", text] for name, text in texts.items() if text not in ("", "false")}


def _changes(fields: dict[str, Any], rows: list[Any], evidence: Any) -> dict[str, Any]:
    parts = {"fields": fields, "rows": rows, "evidence": evidence}
    return {name: part for name, part in parts.items() if part}


def _equal(old: Any, new: Any) -> bool:
    if isinstance(old, models.Model) or isinstance(new, models.Model):
        return (old and old.pk) == (new and new.pk)
    return bool(old == new)


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
    "KeyReused",
    "Refused",
    "Repeated",
    "RowInput",
    "Stale",
    "bulk_change",
    "bulk_create",
    "change",
    "create",
    "delete",
    "note",
    "note_many",
    "once",
    "retried",
    "tell",
]
