"""Writes the child rows of an aggregate and tells what changed; used by core.saving only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import SuspiciousOperation

from core.aggregate import Aggregate, Child, RowInput
from core.history import as_text

Rows = Mapping[str, Sequence[RowInput]]
Told = dict[str, Any]


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


def write_all(aggregate: Aggregate, root: Any, rows: Rows) -> list[Told]:
    """Make the stored rows equal to the wanted ones; give what changed, for the history.

    Order: delete, clear only-one flags that move, update, insert. Children not named are kept.
    """
    changed: list[Told] = []
    for child in aggregate.children:
        if child.name in rows:
            changed += _write(child, root, rows[child.name])
    return changed


def snapshot(aggregate: Aggregate, root: Any) -> dict[str, list[dict[str, str]]]:
    """Give every child row as text, for the last history entry of a deleted root."""
    return {
        child.name: [
            {name: as_text(getattr(row, name)) for name in names(child)}
            for row in _present(child, root).values()
        ]
        for child in aggregate.children
    }


def delete_all(aggregate: Aggregate, root: Any) -> None:
    """Delete every child row of a root."""
    for child in aggregate.children:
        child.model._default_manager.filter(**{child.parent: root}).delete()


def told_of(child: Child, op: str, pk: int, label: str, fields: dict[str, list[str]]) -> Told:
    """Give what the history keeps of one child row: added (add), changed (mod), deleted (del)."""
    return {"child": child.name, "op": op, "id": pk, "label": label, "fields": fields}


def names(child: Child) -> list[str]:
    """Give the fields of a child that the history tells."""
    skipped = ("id", "line", child.parent)
    return [f.name for f in child.model._meta.concrete_fields if f.name not in skipped]


def _present(child: Child, root: Any) -> dict[int, Any]:
    return {row.pk: row for row in child.of(root)}


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


def _write(child: Child, root: Any, wanted: Sequence[RowInput]) -> list[Told]:
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
    return told + told_of_order(child, present, wanted)


def told_of_order(child: Child, present: Iterable[int], wanted: Sequence[RowInput]) -> list[Told]:
    """Give what the history tells when rows that are kept change places: one line, or none."""
    kept = [row.pk for row in wanted if row.pk is not None]
    if [pk for pk in present if pk in set(kept)] == kept:
        return []
    return [told_of(child, "order", 0, "", {})]


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
    texts = {name: as_text(getattr(row, name)) for name in names(child)}
    return {
        name: [text, ""] if side == 0 else ["", text]
        for name, text in texts.items()
        if text not in ("", "false")
    }


def _added(child: Child, row: Any) -> Told:
    return _told(child, "add", row, _texts(child, row, 1))


def _told(child: Child, op: str, row: Any, fields: dict[str, list[str]]) -> Told:
    return told_of(child, op, row.pk, str(row), fields)
