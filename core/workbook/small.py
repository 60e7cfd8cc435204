"""Reads a small table for a form: the first sheet as lines of texts, and what is wrong in a cell.

A thin layer over reading.py with tight limits; it must not open a file by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO

from django.utils.translation import gettext as _

from core.workbook import reading
from core.workbook.cells import DATE, ERROR, FORMULA, NUMBER, Cell, kind_of, text_of
from core.workbook.reading import MIB, Anew, Block, Limits, Sheet, Unreadable

MAX_BYTES = 2 * MIB
MAX_COLUMNS = 50
MAX_ROWS = 5000
MAX_TEXT = 500
LIMITS = Limits(
    file_bytes=MAX_BYTES,
    unpacked=20 * MIB,
    entries=200,
    rows=MAX_ROWS + 1,
    columns=MAX_COLUMNS,
    last_row=20_000,
    cpu=30,
)

_OLE = b"\xd0\xcf\x11\xe0"
_MOST_DIGITS = 15


@dataclass
class Line:
    """One row of the sheet with its number in Excel; `problems` names cells by column index."""

    number: int
    texts: list[str]
    problems: dict[int, str] = field(default_factory=dict)


def read(data: bytes) -> list[Line]:
    """Give the rows of the first sheet that hold anything, the head first. Raises Unreadable."""
    if data.startswith(_OLE):
        raise Unreadable(
            _("This is an old .xls or an encrypted file: save it as .xlsx without a password.")
        )
    lines: list[Line] = []
    with reading.opened(BytesIO(data), ".xlsx", LIMITS) as book:
        for item in book:
            if isinstance(item, Sheet) and item.index:
                break
            if isinstance(item, Anew):
                lines.clear()
            if isinstance(item, Block):
                pairs = zip(item.numbers, item.rows, strict=True)
                lines += [line for number, row in pairs if (line := _line(number, row)).texts]
    return lines


def _line(number: int, row: list[Cell]) -> Line:
    pairs = [_text(cell) for cell in row]
    problems = {index: problem for index, (_value, problem) in enumerate(pairs) if problem}
    used = max((at for at, (text, _problem) in enumerate(pairs) if text or at in problems),
               default=-1) + 1  # fmt: skip
    return Line(number, [text for text, _problem in pairs[:used]], problems)


def _text(cell: Cell) -> tuple[str, str]:
    """Give the text of a cell and what is wrong with it."""
    kind, text = kind_of(cell), text_of(cell).strip()
    if kind == FORMULA:
        return text, _("This is a formula; paste its value instead.")
    if kind == ERROR:
        return text, _("This is an error of Excel.")
    if kind == DATE:
        return text, _("This is a date; format the cell as text.")
    if kind == NUMBER:
        return _number(text)
    if len(text) > MAX_TEXT:
        return text[:MAX_TEXT], _("The text is longer than 500 characters.")
    return text, ""


def _number(text: str) -> tuple[str, str]:
    value = Decimal(text)
    if value == value.to_integral_value() and abs(value) < 10**_MOST_DIGITS:
        return str(int(value)), ""
    if len(text.lstrip("-")) > _MOST_DIGITS or "e" in text.lower():
        return text, _("Excel has rounded this number; format the cell as text.")
    return text, ""
