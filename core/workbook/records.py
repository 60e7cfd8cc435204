"""Splits the lines of a text table into records: quotes, blanks around them, and ="…" guards.

Runs in the child. Quotes in the wrong place are refused with their row; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from core.workbook.bad import Bad
from core.workbook.strings import LONGEST
from core.workbook.wrapped import unwrapped

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
