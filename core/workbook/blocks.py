"""Gathers the rows of a sheet and emits them in blocks, in the order of their numbers, with notes.

Runs in the child. Rows out of order are held back until the sheet ends; no row stands twice. The
number of notes (merges, hidden rows and columns) is bounded; what was left out is counted and said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.workbook.cells import Bad, Cell, is_blank, letters, span

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
                columns = (max(int(number), 1) - 1 for number in (first, last))
                self.tell("hidden-column", span(*columns))

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


ROWS_A_BLOCK = 1_000
_CELLS_A_BLOCK = 50_000
_SIGNS_A_BLOCK = 2_000_000

Emit = Callable[[tuple[Any, ...]], None]
_Row = tuple[int, list[Cell], bool, int]


class Unsorted(Exception):
    """A row stands above one that was passed on: the sheet has to be read anew and sorted."""


class Blocks:
    """The rows of one sheet on their way out; `sorts` takes them in any order."""

    def __init__(
        self, at: int, name: str, limits: dict[str, int], emit: Emit, *, sorts: bool
    ) -> None:
        self._at, self._name, self._limits, self._emit = at, name, limits, emit
        self.notes = Notes(at, emit)
        self._waiting: list[_Row] | None = [] if sorts else None
        self._taken = self._last = 0
        self._clear()

    def add(self, number: int, row: list[Cell], is_hidden: bool, signs: int) -> None:
        """Take a row, if anything is seen in it. Raises Bad for one too many, Unsorted."""
        if is_blank(row):
            return
        if number > self._limits["last_row"]:
            raise Bad("beyond", sheet=self._name, most=self._limits["last_row"], row=number)
        self._taken += 1
        if self._taken > self._limits["rows"]:
            raise Bad("rows", sheet=self._name, most=self._limits["rows"])
        if self._waiting is not None:
            self._waiting.append((number, row, is_hidden, signs))
            return
        if number <= self._last:
            if number == self._last:
                raise Bad("twice", sheet=self._name, cell=str(number))
            raise Unsorted
        self._put(number, row, is_hidden, signs)

    def close(self) -> None:
        """Emit what is left, and the notes."""
        waiting, self._waiting = self._waiting or [], None
        for number, row, is_hidden, signs in sorted(waiting, key=lambda one: one[0]):
            if number == self._last:
                raise Bad("twice", sheet=self._name, cell=str(number))
            self._put(number, row, is_hidden, signs)
        self._flush()
        self.notes.close()

    def _put(self, number: int, row: list[Cell], is_hidden: bool, signs: int) -> None:
        self._last = number
        self._numbers.append(number)
        self._rows.append(row)
        if is_hidden:
            self._hidden.append(number)
            self.notes.hidden_row(number)
        self._cells += len(row)
        self._signs += signs
        if (
            len(self._rows) >= ROWS_A_BLOCK
            or self._cells > _CELLS_A_BLOCK
            or self._signs > _SIGNS_A_BLOCK
        ):
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            block = (self._at, self._numbers[0], self._numbers, self._rows, self._hidden)
            self._emit(("block", *block))
        self._clear()

    def _clear(self) -> None:
        self._numbers: list[int] = []
        self._rows: list[list[Cell]] = []
        self._hidden: list[int] = []
        self._cells = self._signs = 0
