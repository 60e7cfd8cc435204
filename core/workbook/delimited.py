"""A table in a text file, split by comma, semicolon, tab or bar.

Runs in the child. Nothing is replaced: what cannot be decoded or split is refused with its row.
"""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Callable
from typing import IO, Any

from core.workbook import encodings
from core.workbook.bad import Bad
from core.workbook.cells import Cell, is_blank, letters
from core.workbook.notes import Notes
from core.workbook.records import Records
from core.workbook.wrapped import PICTURE

_LONGEST_LINE = 1024 * 1024
_LOOKED_AT = 1_000
_MARKUP = re.compile(r"\s*<(!doctype|html|\?xml|table)", re.IGNORECASE)
_SEPARATORS = ",;\t|"
_DECLARED = re.compile(r"sep=([,;\t|])\r?\n?")
# Our own export puts ' before these, and their full-width forms, so that nothing is a formula.
_NEUTRALISED = re.compile("'\\s*[=+\\-@\t\r＝＋－＠]")  # noqa: RUF001
_ROWS_A_BLOCK = 1_000
_SIGNS_A_BLOCK = 2_000_000

Emit = Callable[[tuple[Any, ...]], None]


def read(
    file: IO[bytes], limits: dict[str, int], emit: Emit, tick: Callable[[], None], chosen: str = ""
) -> None:
    """Emit the rows of a text file as one sheet; `chosen` is an encoding. Raises Bad."""
    encoding, is_sure = encodings.find(file, chosen, tick)
    file.seek(0)
    lines = _Lines(io.TextIOWrapper(file, encoding, newline=""), tick)
    separator = lines.separator()
    emit(("kind", "csv"))
    emit(("sheet", "", "visible", 0))
    emit(("note", 0, "", "encoding" if is_sure else "encoding-unsure", encoding))
    numbers: list[int] = []
    rows: list[list[Cell]] = []
    signs = taken = 0
    notes = Notes(0, emit)
    records = Records(lines.next, separator)
    while (record := records.next()) is not None:
        number = records.number
        row = _row(record, number, limits, notes)
        if is_blank(row):
            continue
        taken += 1
        if taken > limits["rows"]:
            raise Bad("rows", sheet="", most=limits["rows"])
        if number > limits["last_row"]:
            raise Bad("beyond", sheet="", most=limits["last_row"], row=number)
        numbers.append(number)
        rows.append(row)
        signs += sum(map(len, row))
        if len(rows) >= _ROWS_A_BLOCK or signs > _SIGNS_A_BLOCK:
            emit(("block", 0, numbers[0], numbers, rows, []))
            numbers, rows, signs = [], [], 0
    if rows:
        emit(("block", 0, numbers[0], numbers, rows, []))
    notes.close()


class _Lines:
    """Lines with their ends, never longer than the limit, never with a NUL."""

    def __init__(self, text: io.TextIOWrapper, tick: Callable[[], None]) -> None:
        self._text, self._tick = text, tick
        self._first: deque[str] = deque()
        self.number = 0

    def separator(self) -> str:
        """Look at the first line that holds anything for what splits it."""
        line = self._read()
        if found := _DECLARED.fullmatch(line):
            return found[1]
        self._first.append(line)
        while line and not line.strip() and len(self._first) < _LOOKED_AT:
            line = self._read()
            self._first.append(line)
        if _MARKUP.match(line):
            raise Bad("web-page")
        bare = re.sub('"[^"]*"', "", line)
        return max(_SEPARATORS, key=bare.count)

    def next(self) -> str:
        """Give the next line, "" at the end."""
        line = self._first.popleft() if self._first else self._read()
        self.number += bool(line)
        if not self.number % 1000:
            self._tick()
        return line

    def _read(self) -> str:
        line = self._text.readline(_LONGEST_LINE)
        if len(line) >= _LONGEST_LINE:
            raise Bad("csv-line", row=self.number + 1)
        if "\0" in line:
            raise Bad("csv-nul", row=self.number + 1)
        return line


def _row(record: list[str], number: int, limits: dict[str, int], notes: Notes) -> list[Cell]:
    row: list[Cell] = [
        text[1:] if text[:1] == "'" and _NEUTRALISED.match(text) else text for text in record
    ]
    for at, text in enumerate(row):
        if text is PICTURE:
            notes.in_column("picture", at, number)
            row[at] = ""
    while row and not row[-1]:
        row.pop()
    if len(row) > limits["columns"]:
        cell = f"{letters(min(len(row), 16_384) - 1)}{number}"
        raise Bad("columns", sheet="", cell=cell, most=limits["columns"])
    return row
