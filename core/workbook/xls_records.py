"""What the reader of old workbooks does not tell: errors in cells, number formats, hidden rows.

Runs in the child. It reads only the few records that tell of them, and trusts no number in them.
Calamine gives errors as if empty, knows neither zeros of a format nor years of eras, and believes
a code page that means nothing in an Excel 97 file, whose texts are always UTF-16.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec, TypeVar

from core.workbook import formats
from core.workbook.blocks import Notes
from core.workbook.cells import Bad, letters, span
from core.workbook.formats import Look

P = ParamSpec("P")
R = TypeVar("R")

NAMES = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
         0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip
_FREE, _FIRST_PART = 0xFFFFFFFA, 109
_STREAMS = ("Workbook", "Book")
_BOUND_SHEET, _FORMULA, _TRUTH_OR_ERROR, _BEGIN, _END = 0x85, 0x06, 0x205, 0x809, 0x0A
_ROW, _COLUMNS, _MERGED = 0x208, 0x7D, 0xE5
_NUMBER, _RK, _MANY_RK = 0x203, 0x27E, 0xBD
_NUMBERS = (_FORMULA, _NUMBER, _RK, _MANY_RK)
_ROW_IS_HIDDEN, _COLUMN_IS_HIDDEN = 0x20, 0x01
_LAST_COLUMN = 255
# What a formula gave, where no number stands: mark, then an error or an empty text.
_TEXT, _WRONG, _EMPTY_TEXT = 0xFFFF, 2, 3
_EVERY = 100_000  # records between two signs of life


@dataclass
class Told:
    """What is told of a sheet beside its values: errors and looks by row and column from 0.

    Hidden rows count from 1, the others go by their letters.
    """

    errors: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    looks: dict[int, dict[int, Look]] = field(default_factory=lambda: defaultdict(dict))
    rows: set[int] = field(default_factory=set)
    columns: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    formulas: dict[int, tuple[int, int]] = field(default_factory=dict)

    def tell(self, notes: Notes) -> None:
        """Tell all that is no cell, but for the rows, which are told as they come."""
        for kind, places in (("merged", self.merged), ("hidden-column", self.columns)):
            for place in places:
                notes.tell(kind, place)
        for column, rows in self.formulas.items():
            for row in rows:
                notes.in_column("formula", column, row)


def _refusing(read: Callable[P, R]) -> Callable[P, R]:
    """Let a file whose records make no sense be refused as damaged."""

    @wraps(read)
    def careful(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return read(*args, **kwargs)
        except (struct.error, IndexError) as error:
            raise Bad("damaged") from error

    return careful


@_refusing
def sheets(book: bytes, count: int, tick: Callable[[], None]) -> list[Told]:
    """Give what is told of each of so many sheets, in the order of the file.

    Raises Bad when the records tell of another number of sheets, or make no sense.
    """
    found = starts(book)
    if len(found) != count:
        raise Bad("damaged")
    looks = _looks(book)
    return [_told(book, start, looks, tick) for start in found]


def starts(book: bytes) -> list[int]:
    """Give where each sheet begins in the stream, in the order of the file."""
    return [
        struct.unpack_from("<I", book, at)[0]
        for kind, at, length in records(book, 0)
        if kind == _BOUND_SHEET and length >= 4
    ]


def _told(book: bytes, start: int, looks: list[Look], tick: Callable[[], None]) -> Told:
    told = Told()
    for count, (kind, at, length) in enumerate(records(book, start)):
        if count % _EVERY == 0:
            tick()
        if looks and kind in _NUMBERS and length >= 10:
            for row, column, style in _cells(book, kind, at, length):
                if style < len(looks) and (look := looks[style]):
                    told.looks[row][column] = look
        if kind == _TRUTH_OR_ERROR and length >= 8:
            row, column, code, is_error = struct.unpack_from("<HH2xBB", book, at)
            if is_error:
                told.errors[row][column] = NAMES.get(code, "#N/A")
        elif kind == _FORMULA and length >= 14:
            row, column, what, code, mark = struct.unpack_from("<HH2xBxBx2xH", book, at)
            if what == _WRONG and mark == _TEXT:
                told.errors[row][column] = NAMES.get(code, "#N/A")
            if mark != _TEXT or what != _EMPTY_TEXT:
                first, _last = told.formulas.get(column, (row + 1, 0))
                told.formulas[column] = (first, row + 1)
        elif kind == _ROW and length >= 16:
            row, marks = struct.unpack_from("<H10xH", book, at)
            if marks & _ROW_IS_HIDDEN:
                told.rows.add(row + 1)
        elif kind == _COLUMNS and length >= 10:
            first, last, marks = struct.unpack_from("<HH4xH", book, at)
            if marks & _COLUMN_IS_HIDDEN and first <= last:
                told.columns.append(span(min(first, _LAST_COLUMN), min(last, _LAST_COLUMN)))
        elif kind == _MERGED and length >= 2:
            amount = min(struct.unpack_from("<H", book, at)[0], (length - 2) // 8)
            for place in range(at + 2, at + 2 + amount * 8, 8):
                top, bottom, left, right = struct.unpack_from("<HHHH", book, place)
                told.merged.append(f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}")
    return told


def records(book: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Give kind, place and length of the records of one part; charts inside it are left out."""
    at, depth, end = start, 0, len(book) - 4
    unpack = struct.Struct("<HH").unpack_from
    while at <= end:
        kind, length = unpack(book, at)
        if kind == _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, at + 4, length
        at += 4 + length


@_refusing
def stream(data: bytes) -> bytes:
    """Give the stream of the workbook out of the file around it. Raises Bad."""
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or small_shift > shift:
        raise Bad("damaged")
    first, limit, small_table = struct.unpack_from("<I4xII", data, 48)
    sectors = _Sectors(data, 1 << shift, 1 << shift, _table(data, 1 << shift))
    folder = sectors.chain(first)
    entries = [folder[at : at + 128] for at in range(0, len(folder) - 127, 128)]
    places = {_name(entry): struct.unpack_from("<II", entry, 116) for entry in reversed(entries)}
    begin, size = next((places[name] for name in _STREAMS if name in places), (0, 0))
    if size >= limit:
        return sectors.chain(begin)[:size]
    root, _size = struct.unpack_from("<II", entries[0], 116)
    table = _numbers(sectors.chain(small_table))
    return _Sectors(sectors.chain(root), 1 << small_shift, 0, table).chain(begin)[:size]


def _name(entry: bytes) -> str:
    length = struct.unpack_from("<H", entry, 64)[0]
    return entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")


class _Sectors:
    """Equal pieces of a file; a table says for each which one is next."""

    def __init__(self, data: bytes, size: int, skipped: int, table: tuple[int, ...]) -> None:
        self._data, self._size, self._skipped, self._table = data, size, skipped, table

    def chain(self, first: int) -> bytes:
        """Give the pieces from this one on. Raises Bad when they run in a circle."""
        parts: list[bytes] = []
        at = first
        while at < _FREE:
            if len(parts) > len(self._table):
                raise Bad("damaged")
            begin = self._skipped + at * self._size
            parts.append(self._data[begin : begin + self._size])
            at = self._table[at]
        return b"".join(parts)


def _table(data: bytes, size: int) -> tuple[int, ...]:
    """Give the table of a file: where it stands is in the head, and in a chain of its own."""
    places = list(struct.unpack_from(f"<{_FIRST_PART}I", data, 76))
    following, count = struct.unpack_from("<II", data, 68)
    for _part in range(min(count, len(data) // size // (size // 4) + 1)):
        *more, following = struct.unpack_from(f"<{size // 4}I", data, size + following * size)
        places += more
    used = [at for at in places if at < _FREE]
    if len(used) > len(data) // size:
        raise Bad("damaged")
    return _numbers(b"".join(data[(at + 1) * size : (at + 2) * size] for at in used))


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


EXCEL_97 = 0x0600
_CODE_PAGE, _DATE_MODE, _FORMAT, _XF = 0x42, 0x22, 0x41E, 0xE0
_UTF_16 = 1200
_CONTEXT = 24


@_refusing
def version(book: bytes) -> int:
    """Give the version that the first record of a workbook stream tells. Raises Bad."""
    return int(struct.unpack_from("<H", book, 4)[0])


@_refusing
def corrected(data: bytes, book: bytes) -> bytes:
    """Give the file with the code page that its texts have. Raises Bad."""
    for kind, at, length in records(book, 0):
        if kind == _CODE_PAGE and length >= 2:
            before = book[max(0, at - _CONTEXT) : at]
            place = data.find(before)
            if struct.unpack_from("<H", book, at)[0] == _UTF_16 or data.count(before) != 1:
                return data
            place += len(before)
            return data[:place] + struct.pack("<H", _UTF_16) + data[place + 2 :]
    return data


@_refusing
def from_1904(book: bytes) -> bool:
    """Say whether days are counted from 1904. Raises Bad."""
    return any(
        kind == _DATE_MODE and book[at : at + 2] == b"\1\0" for kind, at, _n in records(book, 0)
    )


def _looks(book: bytes) -> list[Look]:
    """Give for each style of cells what is seen of a number more than its digits."""
    known: dict[int, Look] = {}
    styles: list[Look] = []
    for kind, at, length in records(book, 0):
        if kind == _FORMAT and length >= 5:
            number, count, is_wide = struct.unpack_from("<HHB", book, at)
            size = count * 2 if is_wide & 1 else count
            codec = "utf-16-le" if is_wide & 1 else "latin-1"
            code = book[at + 5 : at + 5 + size].decode(codec, "replace")
            known[number] = formats.look(code)
        elif kind == _XF and length >= 4:
            styles.append(known.get(struct.unpack_from("<H", book, at + 2)[0], False))
    return styles if any(styles) else []


def _cells(book: bytes, kind: int, at: int, length: int) -> Iterator[tuple[int, int, int]]:
    row, column, style = struct.unpack_from("<HHH", book, at)
    yield row, column, style
    if kind == _MANY_RK:
        for place in range(1, (length - 6) // 6):
            yield row, column + place, struct.unpack_from("<H", book, at + 4 + place * 6)[0]
