"""A table in a text file, split by comma, semicolon, tab or bar; quotes, and ="…" guards.

Runs in the child. Nothing is replaced: what cannot be decoded or split, and a quote in the wrong
place, is refused with its row.
"""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Callable
from typing import IO

from core.workbook import encodings
from core.workbook.blocks import Blocks, Emit, Notes
from core.workbook.cells import Bad, Cell, letters
from core.workbook.strings import LONGEST, PICTURE, unwrapped

_QUOTED = r'{blank}*=?{blank}*+"((?:[^"]|"")*+)"{blank}*+(?={separator}|[\r\n]|\Z)'
_OPEN = r'{blank}*=?{blank}*"(?:[^"]|"")*+\Z'


class Records:
    """The records of a text, one for each call, None at its end; `number` is that of the last."""

    def __init__(self, line: Callable[[], str], separator: str) -> None:
        self._line, self._separator = line, separator
        names = {
            "separator": re.escape(separator),
            "blank": "[ ]" if separator == "\t" else "[ \t]",
        }
        self._quoted = re.compile(_QUOTED.format(**names))
        self._open = re.compile(_OPEN.format(**names))
        self._begins = re.compile(r'{blank}*"'.format(**names))
        self._plain = re.compile(r"[^{separator}\r\n]*".format(**names))
        self.number = 0

    def next(self) -> list[str] | None:
        """Give the fields of the next record. Raises Bad."""
        line = self._line()
        if not line:
            return None
        self.number += 1
        if '"' in line:
            fields = self._fields(line)
        else:
            fields = line.rstrip("\r\n").split(self._separator)
            if max(map(len, fields)) > LONGEST:
                raise Bad("csv-long", row=self.number)
        return [unwrapped(one) if one[:1] == "=" else one for one in fields]

    def _fields(self, text: str) -> list[str]:
        fields: list[str] = []
        at = 0
        while True:
            if found := self._quoted.match(text, at):
                fields.append(found[1].replace('""', '"'))
            elif self._open.match(text, at):
                text, at = self._closed(text[at:]), 0
                continue
            elif self._begins.match(text, at):
                raise Bad("csv-quote", row=self.number)
            else:
                found = self._plain.match(text, at)
                assert found
                fields.append(found[0])
            if len(fields[-1]) > LONGEST:
                raise Bad("csv-long", row=self.number)
            at = found.end()
            if text[at : at + 1] != self._separator:
                return fields
            at += 1

    def _closed(self, text: str) -> str:
        """Add lines to a text that is open at its end, up to one that may close it."""
        pieces, length = [text], len(text)
        while True:
            line = self._line()
            if not line:
                raise Bad("csv-quote", row=self.number)
            pieces.append(line)
            length += len(line)
            if line.count('"') % 2:
                return "".join(pieces)
            if length > 2 * LONGEST:
                raise Bad("csv-long", row=self.number)


_LONGEST_LINE = 1024 * 1024
_LOOKED_AT = 1_000
_MARKUP = re.compile(r"\s*<(!doctype|html|\?xml|table)", re.IGNORECASE)
_SEPARATORS = ",;\t|"
_DECLARED = re.compile(r"sep=([,;\t|])\r?\n?")
# Our own export puts ' before these, and their full-width forms, so that nothing is a formula.
_NEUTRALISED = re.compile("'\\s*[=+\\-@\t\r＝＋－＠]")  # noqa: RUF001


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
    blocks = Blocks(0, "", limits, emit, sorts=False)
    records = Records(lines.next, separator)
    while (record := records.next()) is not None:
        row = _row(record, records.number, limits, blocks.notes)
        blocks.add(records.number, row, False, sum(map(len, row)))
    blocks.close()


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
