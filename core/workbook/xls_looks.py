"""What people see of the numbers of an old workbook, and how its texts are told to be written.

Runs in the child. Its reader knows neither zeros of a format nor years of eras, and believes a
code page that means nothing in an Excel 97 file, whose texts are always UTF-16.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from core.workbook import formats
from core.workbook.formats import Look
from core.workbook.xls_errors import Place, records, starts

EXCEL_97 = 0x0600
_CODE_PAGE, _DATE_MODE, _FORMAT, _XF = 0x42, 0x22, 0x41E, 0xE0
_FORMULA, _NUMBER, _RK, _MANY_RK = 0x06, 0x203, 0x27E, 0xBD
_UTF_16 = 1200
_CONTEXT = 24
_EVERY = 100_000


def version(book: bytes) -> int:
    """Give the version that the first record of a workbook stream tells."""
    return int(struct.unpack_from("<H", book, 4)[0])


def corrected(data: bytes, book: bytes) -> bytes:
    """Give the file with the code page that its texts have."""
    for kind, at, length in records(book, 0):
        if kind == _CODE_PAGE and length >= 2:
            before = book[max(0, at - _CONTEXT) : at]
            place = data.find(before)
            if struct.unpack_from("<H", book, at)[0] == _UTF_16 or data.count(before) != 1:
                return data
            place += len(before)
            return data[:place] + struct.pack("<H", _UTF_16) + data[place + 2 :]
    return data


def from_1904(book: bytes) -> bool:
    """Say whether days are counted from 1904."""
    return any(
        kind == _DATE_MODE and book[at : at + 2] == b"\1\0" for kind, at, _n in records(book, 0)
    )


def find(book: bytes, tick: Callable[[], None]) -> list[dict[Place, Look]]:
    """Give for each sheet the cells of which more is seen than the number."""
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
    if not any(styles):
        return [{} for _start in starts(book)]
    return [_of_sheet(book, start, styles, tick) for start in starts(book)]


def _of_sheet(
    book: bytes, start: int, styles: list[Look], tick: Callable[[], None]
) -> dict[Place, Look]:
    found: dict[Place, Look] = {}
    for count, (kind, at, length) in enumerate(records(book, start)):
        if count % _EVERY == 0:
            tick()
        if kind in (_FORMULA, _NUMBER, _RK, _MANY_RK) and length >= 10:
            for row, column, style in _cells(book, kind, at, length):
                if style < len(styles) and (look := styles[style]):
                    found[row, column] = look
    return found


def _cells(book: bytes, kind: int, at: int, length: int) -> Iterator[tuple[int, int, int]]:
    row, column, style = struct.unpack_from("<HHH", book, at)
    yield row, column, style
    if kind == _MANY_RK:
        for place in range(1, (length - 6) // 6):
            yield row, column + place, struct.unpack_from("<H", book, at + 4 + place * 6)[0]
