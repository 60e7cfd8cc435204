"""Reads a small table for a form: one sheet as lines of texts, and what is wrong in a cell.

A thin layer over reading.py with tight limits; it must not open a file by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO

from django.utils.translation import gettext as _

from core.workbook import reading
from core.workbook.cells import DATE, ERROR, FORMULA, NUMBER, Cell, kind_of, text_of
from core.workbook.reading import MIB, Anew, Block, Limits, Note, Sheet

MAX_BYTES = 2 * MIB
MAX_COLUMNS = 50
MAX_ROWS = 5000
MAX_TEXT = 500
LIMITS = Limits(
    file_bytes=MAX_BYTES,
    unpacked=20 * MIB,
    rows=MAX_ROWS + 1,
    columns=MAX_COLUMNS,
    last_row=20_000,
    cpu=30,
)

_MOST_DIGITS = 15
_EXPONENT = re.compile(r"[+-]?[0-9]\.[0-9]+E\+?[0-9]+", re.IGNORECASE)


@dataclass
class TextRow:
    """One row of the sheet with its number in Excel; `problems` names cells by column index.

    `days` are those that hold a date: a problem where no date is expected.
    """

    number: int
    texts: list[str]
    problems: dict[int, str] = field(default_factory=dict)
    days: frozenset[int] = frozenset()


@dataclass
class Content:
    """The lines of a table, the head first; of a text file what it was read as, and how surely."""

    lines: list[TextRow] = field(default_factory=list)
    encoding: str = ""
    is_sure: bool = True


def read(data: bytes, name: str = "", encoding: str = "") -> Content:
    """Give the rows that hold anything of the first sheet in sight that has any.

    By its name a file is told to be text, in the encoding chosen if one is. Raises Unreadable.
    """
    found = Content()
    is_hidden = False
    with reading.opened(BytesIO(data), name, LIMITS, encoding=encoding) as book:
        for item in book:
            if isinstance(item, Sheet):
                if found.lines:
                    break
                is_hidden = item.state != "visible"
            elif isinstance(item, Anew):
                found.lines.clear()
            elif isinstance(item, Note):
                if item.kind.startswith("encoding"):
                    found.encoding, found.is_sure = item.detail, item.kind == "encoding"
            elif isinstance(item, Block) and not is_hidden:
                pairs = zip(item.numbers, item.rows, strict=True)
                found.lines += [line for number, row in pairs if (line := _line(number, row)).texts]
    return found


def _line(number: int, row: list[Cell]) -> TextRow:
    pairs = [_text(cell) for cell in row]
    problems = {index: problem for index, (_value, problem) in enumerate(pairs) if problem}
    used = max((at for at, (text, _problem) in enumerate(pairs) if text or at in problems),
               default=-1) + 1  # fmt: skip
    days = frozenset(index for index, cell in enumerate(row) if kind_of(cell) == DATE)
    return TextRow(number, [text for text, _problem in pairs[:used]], problems, days)


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
    if _EXPONENT.fullmatch(text):
        return text, _("Excel has rounded this number; format the cell as text.")
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
