"""Makes the stored child rows of many roots equal to the wanted ones, kind by kind of statement.

The meaning is core/children.py's: delete, clear only-one flags that move, update, insert.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.exceptions import SuspiciousOperation

from core.aggregate import Child, Edit, RowInput, Values
from core.bulk import reading
from core.bulk.tables import Row, Table
from core.bulk.texts import ChildTexts, Labels
from core.children import Told, names, told_of, told_of_order
from core.history import as_text


class ChildRows:
    """The rows of one child table that a bulk change is about."""

    def __init__(self, child: Child, edits: Sequence[Edit], references: reading.References) -> None:
        self._child = child
        keys = [edit.pk for edit in edits if child.name in (edit.rows or {})]
        self._present = reading.children(child, keys, references) if keys else {}
        for edit in edits:
            if edit.pk in self._present:
                self._require_own(edit)

    def differs(self, edit: Edit) -> bool:
        """Say whether the rows that an edit wants are not the stored ones."""
        present = self._present.get(edit.pk)
        if present is None:
            return False
        wanted = self._wanted(edit)
        if list(present) != [row.pk for row in wanted]:
            return True
        return any(moved_texts(present[row.pk], row.values) for row in wanted if row.pk is not None)

    def write(self, edits: Sequence[Edit]) -> list[list[Told]]:
        """Write the rows of these edits; give what changed per edit, for the history."""
        work = _Work(self._child, sum(row.pk is None for e in edits for row in self._wanted(e)))
        told = [
            work.plan(edit.pk, self._present[edit.pk], self._wanted(edit))
            if edit.pk in self._present
            else []
            for edit in edits
        ]
        work.carry_out()
        return told

    def _wanted(self, edit: Edit) -> Sequence[RowInput]:
        return (edit.rows or {}).get(self._child.name, ())

    def _require_own(self, edit: Edit) -> None:
        asked = [row.pk for row in self._wanted(edit) if row.pk is not None]
        if len(asked) != len(set(asked)):
            raise SuspiciousOperation(f"{self._child.name}: one row twice")
        if set(asked) - self._present[edit.pk].keys():
            raise SuspiciousOperation(f"{self._child.name} of another record")


class _Work:
    """What is to be written to one child table, collected root by root."""

    def __init__(self, child: Child, new: int) -> None:
        self._child = child
        self._table, self._labels = Table(child.model), Labels(child.model)
        self._texts, self._names = ChildTexts(child), frozenset(names(child))
        self._keys = iter(self._table.reserve(new))
        self._gone: list[int] = []
        self._dropped: dict[str, list[int]] = {flag: [] for flag in child.flags}
        self._updated: list[tuple[int, Values]] = []
        self._moved = {"line"}
        self._added: list[Row] = []

    def plan(
        self, root: int, present: Mapping[int, reading.Stored], wanted: Sequence[RowInput]
    ) -> list[Told]:
        """Note what is to be done for one root; give what it tells."""
        kept = {row.pk for row in wanted}
        gone = [pk for pk in present if pk not in kept]
        self._gone += gone
        told = [self._told("del", pk, present[pk], self._fields(present[pk])) for pk in gone]
        for line, row in enumerate(wanted):
            if row.pk is None:
                told.append(self._add(root, line, row.values))
            else:
                told += self._keep(row.pk, present[row.pk], line, row.values)
        return told + told_of_order(self._child, present, wanted)

    def carry_out(self) -> None:
        """Write everything; nothing of it breaks a rule that holds for each row on the way."""
        self._table.delete(self._gone)
        for flag, dropped in self._dropped.items():
            self._table.update([flag], [(pk, {flag: False}) for pk in dropped])
        self._table.update(sorted(self._moved), self._updated)
        self._table.insert(self._added, own_keys=True)

    def _add(self, root: int, line: int, values: Values) -> Told:
        pk = next(self._keys)
        own = {self._child.parent: root, "line": line, **values, "id": pk}
        self._added.append(self._table.row(own))
        return self._told("add", pk, own, self._texts.of(values))

    def _keep(self, pk: int, stored: reading.Stored, line: int, values: Values) -> list[Told]:
        for flag in self._child.flags:
            if stored[flag] and not values.get(flag, True):
                self._dropped[flag].append(pk)
        moved = moved_texts(stored, values)
        after = {**stored, **values, "line": line}
        if moved or stored["line"] != line:
            self._moved.update(moved)
            self._updated.append((pk, after))
        return [self._told("mod", pk, after, moved)] if moved else []

    def _fields(self, stored: reading.Stored) -> dict[str, list[str]]:
        return self._texts.of({n: v for n, v in stored.items() if n in self._names}, side=0)

    def _told(self, op: str, pk: int, values: Values, fields: dict[str, list[str]]) -> Told:
        own = {name: value for name, value in values.items() if name != self._child.parent}
        return told_of(self._child, op, pk, self._labels.of(own), fields)


def moved_texts(stored: reading.Stored, values: Values) -> dict[str, list[str]]:
    """Give [old, new] of every value that is not the stored one."""
    return {
        name: [as_text(stored[name]), as_text(value)]
        for name, value in values.items()
        if stored[name] != value
    }
