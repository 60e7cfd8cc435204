"""Writes CSV as it is built: UTF-8 with a mark, every field quoted, no field a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from core.workbook.writing_text import csv_text

CONTENT_TYPE = "text/csv; charset=utf-8"
_MARK = b"\xef\xbb\xbf"
_ROWS = 1_000


def lines(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, bytes]]:
    """Give the file in parts, each with the number of rows that have left so far."""
    yield 0, _MARK + _line(headers).encode()
    pending, total = iter(rows), 0
    while some := list(islice(pending, _ROWS)):
        total += len(some)
        yield total, "".join(map(_line, some)).encode()


def _line(values: Sequence[Any]) -> str:
    return ",".join(f'"{_text(value)}"' for value in values) + "\r\n"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    text = csv_text(value) if isinstance(value, str) else str(value)
    return text.replace('"', '""')
