"""Writes the child rows of an aggregate and tells what changed; used by core.saving only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import SuspiciousOperation

from core.aggregate import Aggregate, Child, Draft, RowInput
from core.history import as_text

Rows = Mapping[str, Sequence[RowInput]]


def require_own(aggregate: Aggregate, root: Any, rows: Rows) -> None:
    """Raise SuspiciousOperation when a row names a child of another root, or one child twice."""
    for child in aggregate.children:
        asked = [row.pk for row in rows.get(child.name, ()) if row.pk is not None]
        if len(asked) != len(set(asked)):
            raise SuspiciousOperation(f"{child.name}: one row twice")
        if asked and set(asked) - set(_present(child, root)):
            raise SuspiciousOperation(f"{child.name} of another record")


def differ(aggregate: Aggregate, root: Any, rows: Rows) -> bool:
    """Say whether the wanted rows differ from the stored ones."""
    return any(
        _plan(child, _present(child, root), rows[child.name])
        for child in aggregate.children
        if child.name in rows
    )


def write_all(aggregate: Aggregate, root: Any, rows: Rows) -> list[dict[str, Any]]:
    """Make the stored rows equal to the wanted ones; give what changed, for the history.

    Order: delete, clear only-one flags that move, update, insert. Children not named are kept.
    """
    changed: list[dict[str, Any]] = []
    for child in aggregate.children:
        if child.name in rows:
            changed += _write(child, root, rows[child.name])
    return changed


def snapshot(aggregate: Aggregate, root: Any) -> dict[str, list[dict[str, str]]]:
    """Give every child row as text, for the last history entry of a deleted root."""
    return {
        child.name: [
            {name: as_text(getattr(row, name)) for name in _names(child)}
            for row in _present(child, root).values()
        ]
        for child in aggregate.children
    }


def delete_all(aggregate: Aggregate, root: Any) -> None:
    """Delete every child row of a root."""
    for child in aggregate.children:
        child.model._default_manager.filter(**{child.parent: root}).delete()


def bulk_create(
    aggregate: Aggregate, roots: Sequence[Any], drafts: Sequence[Draft]
) -> list[list[dict[str, Any]]]:
    """Insert the children of many new roots; give per root what to write into its history."""
    told: list[list[dict[str, Any]]] = [[] for _root in roots]
    for child in aggregate.children:
        made, owners = [], []
        for index, (root, draft) in enumerate(zip(roots, drafts, strict=True)):
            for line, values in enumerate(draft.children.get(child.name, ())):
                made.append(child.model(**{child.parent: root, "line": line, **values}))
                owners.append(index)
        child.model._default_manager.bulk_create(made, batch_size=500)
        for index, row in zip(owners, made, strict=True):
            told[index].append(_added(child, row))
    return told


def bulk_mark(
    aggregate: Aggregate, roots: Sequence[Any], drafts: Sequence[Draft]
) -> list[dict[str, list[str]]]:
    """Insert the marks of many new roots; give per root what to write into its history."""
    told: list[dict[str, list[str]]] = [{} for _root in roots]
    for name in aggregate.m2m:
        field: Any = aggregate.root._meta.get_field(name)
        source, target = field.m2m_column_name(), field.m2m_reverse_name()
        through, links = getattr(aggregate.root, name).through, []
        for index, (root, draft) in enumerate(zip(roots, drafts, strict=True)):
            marks = draft.marks.get(name, ())
            links += [through(**{source: root.pk, target: mark.pk}) for mark in marks]
            if marks:
                told[index][name] = ["", "、".join(sorted(str(mark) for mark in marks))]
        through._default_manager.bulk_create(links, batch_size=1000)
    return told


def _names(child: Child) -> list[str]:
    skipped = ("id", "line", child.parent)
    return [f.name for f in child.model._meta.concrete_fields if f.name not in skipped]


def _present(child: Child, root: Any) -> dict[int, Any]:
    related = [f.name for f in child.model._meta.concrete_fields if f.many_to_one]
    stored = child.model._default_manager.filter(**{child.parent: root}).select_related(*related)
    return {row.pk: row for row in stored.order_by("line", "pk")}


def _plan(child: Child, present: Mapping[int, Any], wanted: Sequence[RowInput]) -> bool:
    kept = [row.pk for row in wanted if row.pk is not None]
    if len(kept) != len(wanted) or list(present) != kept:
        return True
    return any(_moved(present[row.pk], row.values) for row in wanted if row.pk is not None)


def _moved(stored: Any, values: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        name: [as_text(getattr(stored, name)), as_text(value)]
        for name, value in values.items()
        if getattr(stored, name) != value
    }


def _write(child: Child, root: Any, wanted: Sequence[RowInput]) -> list[dict[str, Any]]:
    present = _present(child, root)
    kept = {row.pk for row in wanted if row.pk is not None}
    gone = [row for pk, row in present.items() if pk not in kept]
    told = [_told(child, "del", row, _texts(child, row, 0)) for row in gone]
    table = child.model._default_manager
    if gone:
        table.filter(pk__in=[row.pk for row in gone]).delete()
    _clear_flags(child, present, wanted)
    for line, row in enumerate(wanted):
        if row.pk is None:
            stored = child.model(**{child.parent: root, "line": line, **row.values})
            stored.save(force_insert=True)
            told.append(_added(child, stored))
            continue
        stored = present[row.pk]
        moved = _moved(stored, row.values)
        if moved or stored.line != line:
            table.filter(pk=row.pk).update(line=line, **{n: row.values[n] for n in moved})
        if moved:
            for name in moved:
                setattr(stored, name, row.values[name])
            told.append(_told(child, "mod", stored, moved))
    if [pk for pk in present if pk in kept] != [row.pk for row in wanted if row.pk is not None]:
        told.append({"child": child.name, "op": "order", "id": 0, "label": "", "fields": {}})
    return told


def _clear_flags(child: Child, present: Mapping[int, Any], wanted: Sequence[RowInput]) -> None:
    table = child.model._default_manager
    for flag in child.flags:
        dropped = [
            row.pk
            for row in wanted
            if row.pk is not None and getattr(present[row.pk], flag) and not row.values.get(flag, 1)
        ]
        if dropped:
            table.filter(pk__in=dropped).update(**{flag: False})


def _texts(child: Child, row: Any, side: int) -> dict[str, list[str]]:
    texts = {name: as_text(getattr(row, name)) for name in _names(child)}
    return {
        name: [text, ""] if side == 0 else ["", text]
        for name, text in texts.items()
        if text not in ("", "false")
    }


def _added(child: Child, row: Any) -> dict[str, Any]:
    return _told(child, "add", row, _texts(child, row, 1))


def _told(child: Child, op: str, row: Any, fields: dict[str, list[str]]) -> dict[str, Any]:
    return {"child": child.name, "op": op, "id": row.pk, "label": str(row), "fields": fields}
