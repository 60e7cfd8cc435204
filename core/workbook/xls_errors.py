"""Which cells of an old workbook hold an error of Excel: its reader gives them as if empty.

Runs in the child. It reads only the few records that can hold one, and trusts no number in them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from core.workbook.bad import Bad

Place = tuple[int, int]  # row and column, counted from 0

NAMES = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
         0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip
_FREE, _FIRST_PART = 0xFFFFFFFA, 109
_STREAMS = ("Workbook", "Book")
_BOUND_SHEET, _FORMULA, _TRUTH_OR_ERROR, _BEGIN, _END = 0x85, 0x06, 0x205, 0x809, 0x0A
_EVERY = 100_000  # records between two signs of life


def find(book: bytes, sheets: int, tick: Callable[[], None]) -> list[dict[Place, str]]:
    """Give for each of so many sheets, in the order of the file, its cells with an error.

    Raises Bad when the records tell of another number of sheets, or make no sense.
    """
    found = starts(book)
    if len(found) != sheets:
        raise Bad("damaged")
    try:
        return [_of_sheet(book, start, tick) for start in found]
    except (struct.error, IndexError) as error:
        raise Bad("damaged") from error


def starts(book: bytes) -> list[int]:
    """Give where each sheet begins in the stream, in the order of the file."""
    return [
        struct.unpack_from("<I", book, at)[0]
        for kind, at, length in records(book, 0)
        if kind == _BOUND_SHEET and length >= 4
    ]


def _of_sheet(book: bytes, start: int, tick: Callable[[], None]) -> dict[Place, str]:
    found: dict[Place, str] = {}
    for count, (kind, at, length) in enumerate(records(book, start)):
        if count % _EVERY == 0:
            tick()
        if kind == _TRUTH_OR_ERROR and length >= 8:
            row, column, code, is_error = struct.unpack_from("<HH2xBB", book, at)
        elif kind == _FORMULA and length >= 14:
            row, column, what, code, mark = struct.unpack_from("<HH2xBxBx2xH", book, at)
            is_error = what == 2 and mark == 0xFFFF
        else:
            continue
        if is_error:
            found[row, column] = NAMES.get(code, "#N/A")
    return found


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


def stream(data: bytes) -> bytes:
    """Give the stream of the workbook out of the file around it. Raises Bad."""
    try:
        return _stream(data)
    except (struct.error, IndexError) as error:
        raise Bad("damaged") from error


def _stream(data: bytes) -> bytes:
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
