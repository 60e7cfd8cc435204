"""What belongs to roots: child rows and marks, made what they should be table by table.

Rows: delete, clear only-one flags that move, update, insert: no rule is broken on the way. Marks:
the same set in another order is no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import SuspiciousOperation

from core.aggregate import Aggregate, Child, Draft, Edit, Values, as_text, same
from core.bulk import loading
from core.bulk.entries import Told, names, texts_of, told_of
from core.bulk.tables import Row, table_of

Edits = Mapping[int, Draft | Edit]  # by the keys of their roots


class ChildRows:
    """The rows of one child table that a write is about; roots that do not name it keep theirs."""

    def __init__(self, child: Child, edits: Edits, references: loading.Pointed) -> None:
        self._child, self._references = child, references
        self._table, name = table_of(child.model), child.name
        self._wanted = {pk: edit.rows[name] for pk, edit in edits.items() if name in edit.rows}
        self._present: loading.Below = {pk: {} for pk in self._wanted}
        self._present |= loading.children(child, _stored(edits, self._wanted), references)
        for root in self._wanted:
            self._require_own(root)
        self._gone: list[int] = []
        self._dropped: dict[str, list[int]] = {flag: [] for flag in child.flags}
        self._updated: dict[int, Values] = {}
        self._moved = {"line"}
        self._added: list[Row] = []

    def differs(self, root: int) -> bool:
        """Say whether the rows that a root should have are not the stored ones."""
        wanted, present = self._wanted.get(root), self._present.get(root, {})
        if wanted is None:
            return False
        return list(present) != [row.pk for row in wanted] or any(
            moved_of(present[row.pk], row.values) for row in wanted if row.pk is not None
        )

    def write(self, roots: Iterable[int]) -> None:
        """Write the rows of these roots."""
        asked = [root for root in roots if root in self._wanted]
        new = sum(row.pk is None for root in asked for row in self._wanted[root])
        self._keys = iter(self._table.reserve(new))
        self._told = {root: self._plan(root) for root in asked}
        self._table.delete(self._gone)
        for flag, dropped in self._dropped.items():
            self._table.update([flag], dict.fromkeys(dropped, {flag: False}))
        self._table.update(sorted(self._moved), self._updated)
        self._table.insert(self._added)

    def tell(self, root: int, _fields: Told, rows: list[Told]) -> None:
        """Add what changed to what the history keeps of a root."""
        rows += self._told.get(root, ())

    def _require_own(self, root: int) -> None:
        asked = [row.pk for row in self._wanted[root] if row.pk is not None]
        if len(asked) != len(set(asked)):
            raise SuspiciousOperation(f"{self._child.name}: one row twice")
        if set(asked) - self._present[root].keys():
            raise SuspiciousOperation(f"{self._child.name} of another record")

    def _plan(self, root: int) -> list[Told]:
        """Note what is to be done for one root; give what it tells."""
        present, wanted = self._present[root], self._wanted[root]
        kept = dict.fromkeys(row.pk for row in wanted if row.pk is not None)
        gone = [pk for pk in present if pk not in kept]
        self._gone += gone
        told = [self._drop(pk, present[pk]) for pk in gone]
        for line, row in enumerate(wanted):
            if row.pk is None:
                told.append(self._add(root, line, row.values))
            else:
                told += self._keep(row.pk, present[row.pk], line, row.values)
        if [pk for pk in present if pk in kept] != list(kept):  # those that stay change places
            name = self._child.name
            told.append({"child": name, "op": "order", "id": 0, "label": "", "fields": {}})
        return told

    def _drop(self, pk: int, stored: loading.Stored) -> Told:
        texts = self._references.told(self._child.model, stored, names(self._child))
        return told_of(self._child, "del", pk, stored, texts_of(self._child, texts, side=0))

    def _add(self, root: int, line: int, values: Values) -> Told:
        pk = next(self._keys)
        own = {"line": line, **values}
        self._added.append(self._table.row({self._child.parent: root, **own, "id": pk}))
        return told_of(self._child, "add", pk, own, texts_of(self._child, values))

    def _keep(self, pk: int, stored: loading.Stored, line: int, values: Values) -> list[Told]:
        for flag in self._child.flags:
            if stored[flag] and not values.get(flag, True):
                self._dropped[flag].append(pk)
        moved = moved_of(stored, values)
        after = {**stored, **values, "line": line}
        if moved or stored["line"] != line:
            self._moved.update(moved)
            self._updated[pk] = after
        if not moved:
            return []
        old = self._references.told(self._child.model, stored, moved)
        fields = {name: [as_text(old[name]), as_text(value)] for name, value in moved.items()}
        return [told_of(self._child, "mod", pk, after, fields)]


def moved_of(stored: loading.Stored, values: Values) -> Values:
    """Give the values that are not the stored ones."""
    return {name: value for name, value in values.items() if not same(stored.get(name), value)}


class Marks:
    """The marks of one kind that a write is about; roots that do not name them keep theirs."""

    def __init__(
        self, aggregate: Aggregate, name: str, edits: Edits, references: loading.Pointed
    ) -> None:
        self._name, self._references = name, references
        self._model, self._source, self._target = loading.links_of(aggregate, name)
        self._wanted = {pk: edit.marks[name] for pk, edit in edits.items() if name in edit.marks}
        self._present: loading.Below = {pk: {} for pk in self._wanted}
        self._present |= loading.links(aggregate, name, _stored(edits, self._wanted), references)
        self._new = {root: {mark.pk for mark in marks} for root, marks in self._wanted.items()}

    def differs(self, root: int) -> bool:
        """Say whether the marks that a root should have are not the stored ones."""
        return root in self._new and self._old(root) != self._new[root]

    def write(self, roots: Iterable[int]) -> None:
        """Write the marks of these roots."""
        table, self._told = table_of(self._model), {}
        gone: list[int] = []
        added: list[Row] = []
        for root in filter(self.differs, roots):
            present, old, new = self._present[root], self._old(root), self._new[root]
            gone += [pk for pk, link in present.items() if link[self._target] not in new]
            added += [
                table.row({self._source: root, self._target: key}) for key in sorted(new - old)
            ]
            before = [
                self._references.told(self._model, link, [self._target])[self._target]
                for link in present.values()
            ]
            sides = (before, self._wanted[root])
            self._told[root] = ["、".join(sorted(map(str, side))) for side in sides]
        table.delete(gone)
        table.insert(added)

    def tell(self, root: int, fields: Told, _rows: list[Told]) -> None:
        """Add what changed to what the history keeps of a root."""
        if root in self._told:
            fields[self._name] = self._told[root]

    def _old(self, root: int) -> set[int]:
        return {link[self._target] for link in self._present[root].values()}


def _stored(edits: Edits, wanted: Iterable[int]) -> list[int]:
    return [pk for pk in wanted if isinstance(edits[pk], Edit)]  # of a draft nothing is there
