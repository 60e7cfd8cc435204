"""What people should be told of an old workbook besides its rows: merges, hidden ones, formulas.

Runs in the child. It reads only the few records that tell of them, and trusts no number in them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from core.workbook.bad import Bad
from core.workbook.cells import letters
from core.workbook.notes import Notes
from core.workbook.xls_errors import records, starts

_ROW, _COLUMNS, _MERGED, _FORMULA = 0x208, 0x7D, 0xE5, 0x06
_ROW_IS_HIDDEN, _COLUMN_IS_HIDDEN = 0x20, 0x01
_LAST_COLUMN = 255
_TEXT, _EMPTY_TEXT = 0xFFFF, 3
_EVERY = 100_000  # records between two signs of life


@dataclass
class Seen:
    """What is to be told of a sheet: hidden rows counted from 1, the others by their letters."""

    rows: set[int] = field(default_factory=set)
    columns: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    formulas: dict[int, tuple[int, int]] = field(default_factory=dict)

    def tell(self, notes: Notes) -> None:
        """Tell all but the rows, which are told as they come."""
        for kind, places in (("merged", self.merged), ("hidden-column", self.columns)):
            for place in places:
                notes.tell(kind, place)
        for column, rows in self.formulas.items():
            for row in rows:
                notes.in_column("formula", column, row)


def find(book: bytes, tick: Callable[[], None]) -> list[Seen]:
    """Give what is to be told of each sheet, in the order of the file. Raises Bad."""
    try:
        return [_of_sheet(book, start, tick) for start in starts(book)]
    except (struct.error, IndexError) as error:
        raise Bad("damaged") from error


def _of_sheet(book: bytes, start: int, tick: Callable[[], None]) -> Seen:
    seen = Seen()
    for count, (kind, at, length) in enumerate(records(book, start)):
        if count % _EVERY == 0:
            tick()
        if kind == _FORMULA and length >= 14:
            row, column, what, mark = struct.unpack_from("<HH2xB5xH", book, at)
            if mark != _TEXT or what != _EMPTY_TEXT:
                first, _last = seen.formulas.get(column, (row + 1, 0))
                seen.formulas[column] = (first, row + 1)
        elif kind == _ROW and length >= 16:
            row, marks = struct.unpack_from("<H10xH", book, at)
            if marks & _ROW_IS_HIDDEN:
                seen.rows.add(row + 1)
        elif kind == _COLUMNS and length >= 10:
            first, last, marks = struct.unpack_from("<HH4xH", book, at)
            if marks & _COLUMN_IS_HIDDEN and first <= last:
                seen.columns.append(_range(min(first, _LAST_COLUMN), min(last, _LAST_COLUMN)))
        elif kind == _MERGED and length >= 2:
            amount = min(struct.unpack_from("<H", book, at)[0], (length - 2) // 8)
            for place in range(at + 2, at + 2 + amount * 8, 8):
                top, bottom, left, right = struct.unpack_from("<HHHH", book, place)
                seen.merged.append(f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}")
    return seen


def _range(first: int, last: int) -> str:
    names = [letters(first), letters(last)]
    return ":".join(dict.fromkeys(names))
