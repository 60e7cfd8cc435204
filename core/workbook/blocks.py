"""Gathers the rows of a sheet and emits them in blocks, in the order of their numbers.

Runs in the child. Rows out of order are held back until the sheet ends; no row stands twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.workbook.bad import Bad
from core.workbook.cells import Cell, is_blank
from core.workbook.notes import Notes

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
