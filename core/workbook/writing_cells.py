"""Cells as XML, a block of rows at a time and column by column; texts are texts, never formulas.

It knows kinds of values and tints, not files; what a column means is the caller's business.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from core.workbook import writing_text
from core.workbook.cells import letters
from core.workbook.writing_text import SEPARATOR

TEXT: Final = "text"
LONG: Final = "long"
AMOUNT: Final = "amount"
NUMBER: Final = "number"
DATE: Final = "date"
MOMENT: Final = "moment"
GENERAL: Final = "general"
QUOTED: Final = "quoted"
LONG_QUOTED: Final = "long quoted"
BOOLEAN: Final = "boolean"
ERROR: Final = "error"

FORMATS: Final = (GENERAL, TEXT, QUOTED, LONG, LONG_QUOTED, AMOUNT, NUMBER, DATE, MOMENT)
PLAIN, BAD, SAMPLE, HEAD = range(4)

_TYPES = {BOOLEAN: "b", ERROR: "e"}
_DAY_ZERO = datetime.date(1899, 12, 30).toordinal()
_FIRST_SURE = 61  # Excel knows a 29th of February 1900; before it, its days are one less
_EXACT_NUMBER = re.compile(r"-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,4})?", re.ASCII)
_FEW = 8
_NO_NUMBERS = re.compile(r"[^0-9.\- ]")

Value = Any


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its head, how its values are written, what helps to fill it.

    `choices` is a range of another sheet, `note` hangs at the head; `is_open` lets other values in.
    """

    header: str
    kind: str = TEXT
    width: float = 0
    note: str = ""
    choices: str = ""
    is_open: bool = True


@dataclass(frozen=True)
class Styled:
    """A value with a look of its own; a text with `kind` NUMBER, DATE … is written verbatim."""

    value: Value
    kind: str = TEXT
    tint: int = PLAIN


def style(kind: str, tint: int = PLAIN) -> int:
    """Give the place of a look among the styles of the workbook."""
    return tint * len(FORMATS) + FORMATS.index(kind)


def serial(day: datetime.date) -> int | None:
    """Give the day as Excel counts, None before 1900."""
    number = day.toordinal() - _DAY_ZERO
    if number < _FIRST_SURE:
        number -= 1
    return number if number > 0 else None


class BlockWriter:
    """Writes rows of these columns as XML; `exact` keeps characters that XML cannot hold."""

    def __init__(self, columns: Sequence[Column], *, exact: bool = False):
        self.kinds = [column.kind for column in columns]
        self.exact = exact

    def xml(self, first: int, rows: Sequence[Sequence[Value]]) -> str:
        """Give the rows, the first of them with the number `first`."""
        numbers = [str(number) for number in range(first, first + len(rows))]
        heads = [f'<row r="{number}">' for number in numbers]
        columns = zip(*rows, strict=True)
        cells = [self._column(index, numbers, values) for index, values in enumerate(columns)]
        ends = ["</row>"] * len(rows)
        return "".join(chain.from_iterable(zip(heads, *cells, ends, strict=True)))

    def ragged(self, number: int, row: Sequence[Value]) -> str:
        """Give one row that may be shorter or longer than the others."""
        cells = (self._cell(letters(at), str(number), value) for at, value in enumerate(row))
        return f'<row r="{number}">{"".join(cells)}</row>'

    def _column(self, index: int, numbers: list[str], values: Sequence[Value]) -> Sequence[str]:
        kind, name = self.kinds[index], letters(index)
        if kind in (TEXT, LONG):
            found = self._texts(kind, name, numbers, values)
        elif kind in (AMOUNT, NUMBER):
            found = self._numbers(kind, name, numbers, values)
        else:
            found = None
        if found is not None:
            return found
        return [self._cell(name, n, value, kind) for n, value in zip(numbers, values, strict=True)]

    def _texts(
        self, kind: str, name: str, numbers: list[str], values: Sequence[Value]
    ) -> list[str] | None:
        try:
            joined = SEPARATOR.join(values)
        except TypeError:
            return None
        if not writing_text.are_plain(joined) or joined.count(SEPARATOR) != len(values) - 1:
            return self._halves(kind, name, numbers, values)
        head, end = f'<c r="{name}', "</t></is></c>"
        middle = f'" s="{style(kind)}" t="inlineStr"><is><t>'
        return [
            f"{head}{number}{middle}{value}{end}" if value else ""
            for number, value in zip(numbers, values, strict=True)
        ]

    def _halves(
        self, kind: str, name: str, numbers: list[str], values: Sequence[Value]
    ) -> list[str] | None:
        """Look for the few odd texts of a block without looking at every text."""
        if len(values) <= _FEW:
            return None
        half = len(values) // 2
        found: list[str] = []
        for part in (slice(None, half), slice(half, None)):
            some = self._texts(kind, name, numbers[part], values[part])
            if some is None:
                pairs = zip(numbers[part], values[part], strict=True)
                some = [self._cell(name, number, value, kind) for number, value in pairs]
            found += some
        return found

    def _numbers(
        self, kind: str, name: str, numbers: list[str], values: Sequence[Value]
    ) -> list[str] | None:
        if not {type(value) for value in values} <= {Decimal, int, type(None)}:
            return None
        texts = ["" if value is None else str(value) for value in values]
        if _NO_NUMBERS.search(" ".join(texts)):
            return None
        head, middle, end = f'<c r="{name}', f'" s="{style(kind)}"><v>', "</v></c>"
        return [
            f"{head}{number}{middle}{text}{end}" if text else ""
            for number, text in zip(numbers, texts, strict=True)
        ]

    def _cell(self, name: str, number: str, value: Value, kind: str = TEXT) -> str:
        tint = PLAIN
        if isinstance(value, Styled):
            if isinstance(value.value, str) and value.kind not in (TEXT, LONG):
                return self._verbatim(f"{name}{number}", value)
            value, kind, tint = value.value, value.kind, value.tint
        if value is None or value == "":
            return f'<c r="{name}{number}" s="{style(GENERAL, tint)}"/>' if tint == BAD else ""
        if isinstance(value, str):
            return self._text(f"{name}{number}", value, kind, tint)
        known = _number(value)
        if known is None:
            return self._text(f"{name}{number}", str(value), kind, tint)
        look = kind if kind in FORMATS and kind not in (TEXT, LONG) else GENERAL
        return f'<c r="{name}{number}" s="{style(look, tint)}"><v>{known}</v></c>'

    def _text(self, place: str, value: str, kind: str, tint: int) -> str:
        look = LONG if kind == LONG else TEXT
        if writing_text.is_risky(value):
            look = LONG_QUOTED if kind == LONG else QUOTED
        space = ' xml:space="preserve"' if writing_text.needs_space(value) else ""
        text = value
        if not writing_text.is_plain(value):
            text = writing_text.xml_text(value, exact=self.exact)
        return (
            f'<c r="{place}" s="{style(look, tint)}" t="inlineStr">'
            f"<is><t{space}>{text}</t></is></c>"
        )

    def _verbatim(self, place: str, cell: Styled) -> str:
        """A value as the user's own file had it: number, day, yes or no, error."""
        if cell.kind in (DATE, MOMENT):
            return self._cell_of_moment(place, cell)
        if cell.kind == ERROR:
            text = cell.value if cell.value in _ERRORS else "#N/A"
        elif cell.kind == BOOLEAN:
            text = "1" if cell.value.upper() == "TRUE" else "0"
        elif _EXACT_NUMBER.fullmatch(cell.value):
            text = cell.value
        else:
            return self._text(place, cell.value, TEXT, cell.tint)
        of_type = f' t="{_TYPES[cell.kind]}"' if cell.kind in _TYPES else ""
        return f'<c r="{place}" s="{style(GENERAL, cell.tint)}"{of_type}><v>{text}</v></c>'

    def _cell_of_moment(self, place: str, cell: Styled) -> str:
        try:
            moment = datetime.datetime.fromisoformat(cell.value)
        except ValueError:
            return self._text(place, cell.value, TEXT, cell.tint)
        known = _number(moment if cell.kind == MOMENT else moment.date())
        if known is None:
            return self._text(place, cell.value, TEXT, cell.tint)
        return f'<c r="{place}" s="{style(cell.kind, cell.tint)}"><v>{known}</v></c>'


_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA"}
)


def _number(value: Value) -> str | None:
    """Give the number that stands for a value in a cell, None when it must be a text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else None
    if isinstance(value, datetime.datetime):
        day = serial(value.date())
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return None if day is None else repr(day + seconds / 86_400)
    if isinstance(value, datetime.date):
        day = serial(value)
        return None if day is None else str(day)
    return None
