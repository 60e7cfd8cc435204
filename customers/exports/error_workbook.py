"""The user's own rows with what is wrong in them: bad cells red, behind them reasons and row.

Rows stand without holes; the last column says which row of the file each is.

Texts stay texts and numbers keep their exact digits, so that the file can be mended and read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.workbook import writing_cells as looks
from core.workbook.cells import Cell
from core.workbook.writing import Book
from customers.imports.heads import stamp, words
from customers.imports.pages.shown import ErrorRow, ErrorSheet, Fault

REASON_WIDTH, ROW_WIDTH = 60, 12
MOST_WIDTHS = 200
_KINDS = {
    "n": looks.NUMBER,
    "d": looks.DATE,
    "b": looks.BOOLEAN,
    "e": looks.ERROR,
    "f": looks.ERROR,  # a formula that was never calculated stays a fault, but never a formula
}


def write(target: Any, sheets: Iterable[ErrorSheet], *, batch: str) -> int:
    """Write the workbook to something with `write`; give the number of rows with a fault.

    `batch` is the number of the import that a new upload of the file belongs to.
    """
    book = Book(target, exact=True)
    found = 0
    for sheet in sheets:
        counted = _Counted(sheet)
        widths = [16.0] * min(sheet.columns, MOST_WIDTHS) + [REASON_WIDTH, ROW_WIDTH]
        frozen = sheet.heads[-1][0] if sheet.heads else 0
        book.raw(sheet.name, counted.lines(), widths=widths, frozen=frozen)
        found += counted.wrong
    stamp.write(book, stamp.ERRORS, batch=batch)
    book.close()
    return found


@dataclass
class _Counted:
    sheet: ErrorSheet
    wrong: int = 0

    def lines(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Give the rows as the writer takes them; the reasons stand behind the last column."""
        last = self.sheet.heads[-1][0] if self.sheet.heads else 0
        for number, cells in self.sheet.heads:
            line = [_look(cell, looks.HEAD) for cell in self._padded(cells)]
            if number == last:
                line.append(looks.Styled(str(words.REASON_HEAD), tint=looks.HEAD))
                line.append(looks.Styled(str(words.ROW_HEAD), tint=looks.HEAD))
            yield number, line
        for number, row in enumerate(self.sheet.rows, last + 1):
            self.wrong += bool(row.faults)
            yield number, self._line(row)

    def _line(self, row: ErrorRow) -> list[Any]:
        bad = {fault.column for fault in row.faults}
        cells = self._padded(row.cells)
        line = [
            _look(cell, looks.BAD if at in bad else looks.PLAIN) for at, cell in enumerate(cells)
        ]
        told = [_sentence(fault, self.sheet.heads) for fault in row.faults]
        tint = looks.BAD if row.faults else looks.PLAIN
        line.append(looks.Styled("\n".join([*told, *row.relatives]), looks.LONG, tint))
        line.append(looks.Styled(str(row.number), looks.TEXT))
        return line

    def _padded(self, cells: Sequence[Cell]) -> list[Cell]:
        return [*cells, *[""] * (self.sheet.columns - len(cells))]


def _sentence(fault: Fault, heads: Sequence[tuple[int, Sequence[Cell]]]) -> str:
    words = fault.reason if not fault.hint else f"{fault.reason} {fault.hint}"
    cells = heads[-1][1] if heads else ()
    if not 0 <= fault.column < len(cells):
        return words
    head = cells[fault.column]
    return _("%(label)s: %(reason)s") % {
        "label": head if isinstance(head, str) else head[1],
        "reason": words,
    }


def _look(cell: Cell, tint: int) -> looks.Styled:
    if isinstance(cell, str):
        return looks.Styled(cell, looks.TEXT, tint)
    kind, text = cell
    look = _KINDS[kind]
    if kind == "d" and " " in text:
        look = looks.MOMENT
    return looks.Styled(text, look, tint)
