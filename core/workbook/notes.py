"""What a reader of a sheet should be told besides its rows: merges, hidden rows and columns.

Runs in the child. The number of notes is bounded; what was left out is counted and said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.workbook.cells import letters

MOST = 500
_TRUE = ("1", "true")


class Notes:
    """Collects the notes of one sheet and emits them."""

    def __init__(self, at: int, emit: Callable[[tuple[Any, ...]], None]) -> None:
        self._at, self._emit = at, emit
        self._told: dict[str, int] = {}
        self._first = self._last = 0
        self._columns: dict[tuple[str, int], tuple[int, int]] = {}

    def take(self, name: str, attributes: dict[str, str]) -> None:
        """Look at an element outside the rows."""
        if name == "mergeCell":
            self.tell("merged", attributes.get("ref", "")[:30])
        elif name == "col" and attributes.get("hidden", "") in _TRUE:
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdecimal() and last.isdecimal() and len(first) < 6 and len(last) < 6:
                names = [letters(max(int(number), 1) - 1) for number in (first, last)]
                self.tell("hidden-column", ":".join(dict.fromkeys(names)))

    def hidden_row(self, number: int) -> None:
        """Take a hidden row that holds something; rows in a line make one note."""
        if self._last and number != self._last + 1:
            self._close_rows()
        self._first = self._first or number
        self._last = number

    def in_column(self, kind: str, column: int, number: int) -> None:
        """Take a cell of which a whole column may be full: it makes one note for the column."""
        first, last = self._columns.get((kind, column), (number, number))
        self._columns[kind, column] = (min(first, number), max(last, number))

    def tell(self, kind: str, cell: str, detail: str = "") -> None:
        """Emit a note unless there were enough of its kind."""
        told = self._told[kind] = self._told.get(kind, 0) + 1
        if told <= MOST:
            self._emit(("note", self._at, cell, kind, detail))

    def close(self) -> None:
        """Emit what is open, and for each kind how many notes were left out."""
        self._close_rows()
        for (kind, column), (first, last) in self._columns.items():
            name = letters(column)
            self.tell(kind, f"{name}{first}" if first == last else f"{name}{first}:{name}{last}")
        for kind, told in self._told.items():
            if told > MOST:
                self._emit(("note", self._at, "", f"{kind}-more", str(told - MOST)))

    def _close_rows(self) -> None:
        if self._first:
            rows = f"{self._first}:{self._last}" if self._last > self._first else str(self._first)
            self.tell("hidden-rows", rows)
        self._first = self._last = 0
