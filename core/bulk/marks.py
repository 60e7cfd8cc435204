"""Makes the marks of many roots the wanted ones: links that go, links that come.

The meaning is core/saving.py's: the same set is no change.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.aggregate import Aggregate, Edit
from core.bulk import reading


class Marks:
    """The marks of one kind that a bulk change is about."""

    def __init__(
        self, aggregate: Aggregate, name: str, edits: Sequence[Edit], references: reading.References
    ) -> None:
        self._name = name
        self._table, self._source, self._target = reading.links_of(aggregate, name)
        keys = [edit.pk for edit in edits if name in (edit.marks or {})]
        self._present = reading.marks(aggregate, name, keys, references) if keys else {}

    def differs(self, edit: Edit) -> bool:
        """Say whether the marks that an edit wants are not the stored ones."""
        present = self._present.get(edit.pk)
        wanted = (edit.marks or {}).get(self._name, ())
        return present is not None and {m.pk for m in present.values()} != {m.pk for m in wanted}

    def write(self, edits: Sequence[Edit]) -> list[dict[str, list[str]]]:
        """Write the marks of these edits; give what changed per edit, for the history."""
        told: list[dict[str, list[str]]] = []
        gone: list[int] = []
        added = []
        for edit in edits:
            if not self.differs(edit):
                told.append({})
                continue
            present, wanted = self._present[edit.pk], (edit.marks or {})[self._name]
            old, new = ({mark.pk for mark in side} for side in (present.values(), wanted))
            gone += [link for link, mark in present.items() if mark.pk not in new]
            added += [
                self._table.row({self._source: edit.pk, self._target: key}) for key in new - old
            ]
            sides = (present.values(), wanted)
            told.append({self._name: ["、".join(sorted(map(str, side))) for side in sides]})
        self._table.delete(gone)
        self._table.insert(added)
        return told
