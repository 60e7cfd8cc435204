"""Writes workbooks as they are built, in flat memory; no cell it writes is ever a formula.

Everything that leaves as .xlsx goes through it; it knows tables, not what they mean.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import islice
from typing import Any

from core import deflate
from core.workbook import writing_parts as parts
from core.workbook.writing_cells import HEAD, BlockWriter, Column, Styled, Value
from core.workbook.writing_text import width

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_NAME = 31

_ROWS = 1_000
_LARGEST = 1_900_000_000  # bytes of XML: beyond 2 GiB a ZIP entry needs what Excel may refuse
_NARROW, _WIDE = 10, 48
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))

Row = Sequence[Value]


class Pipe:
    """A file that is written once and read as it grows; nothing is kept longer than needed."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """Give what was written since the last call."""
        found, self._parts = b"".join(self._parts), []
        return found


class Book:
    """A workbook that is written sheet after sheet; its target needs `write` alone.

    `exact` keeps characters that XML cannot hold, as Excel does, for files that are read again.
    """

    def __init__(self, target: Any, *, exact: bool = False) -> None:
        self.exact = exact
        self._sheets: list[parts.SheetPart] = []
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
        self._zip.writestr("_rels/.rels", parts.package_links())

    def table(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Row],
        *,
        state: str = "visible",
        largest: int = _LARGEST,
    ) -> Iterator[int]:
        """Write a sheet with a frozen head; gives the number of rows written after each block.

        What no sheet of Excel holds goes on in a next sheet with the same head.
        """
        block = BlockWriter(columns, exact=self.exact)
        pending = iter(rows)
        some = list(islice(pending, _ROWS))
        widths = [_width(column, at, some) for at, column in enumerate(columns)]
        total = 0
        while True:
            title, number, size = self._free_name(name), 2, 0
            with self._entry() as entry:
                entry.write(parts.sheet_head(columns, widths, 1).encode())
                head = [Styled(column.header, tint=HEAD) for column in columns]
                entry.write(block.ragged(1, head).encode())
                while some and number + len(some) <= parts.LAST_ROW and size < largest:
                    xml = block.xml(number, some).encode()
                    entry.write(xml)
                    number, size, total = number + len(some), size + len(xml), total + len(some)
                    some = list(islice(pending, _ROWS))
                    yield total
                notes = [(at, column.note) for at, column in enumerate(columns) if column.note]
                is_filtered = state == "visible"
                part = parts.SheetPart(
                    title, state, len(columns), number - 1, is_filtered, bool(notes)
                )
                entry.write(parts.sheet_tail(columns, part).encode())
            self._close_sheet(part, notes)
            if not some:
                return

    def add(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Row],
        *,
        state: str = "visible",
    ) -> int:
        """Write a whole sheet as `table` does; give the number of its rows."""
        return max(self.table(name, columns, rows, state=state), default=0)

    def raw(
        self,
        name: str,
        rows: Iterable[tuple[int, Row]],
        *,
        widths: Sequence[float],
        frozen: int = 0,
    ) -> None:
        """Write rows of any length under numbers of their own, as they stood in another file."""
        block = BlockWriter([], exact=self.exact)
        last = 0
        with self._entry() as entry:
            columns = [Column("", kind="general") for _width in widths]
            entry.write(parts.sheet_head(columns, widths, frozen).encode())
            for number, row in rows:
                entry.write(block.ragged(number, row).encode())
                last = number
            title = self._free_name(name)
            part = parts.SheetPart(title, "visible", len(widths), last, False, False)
            entry.write(parts.sheet_tail(columns, part).encode())
        self._close_sheet(part, [])

    def close(self) -> None:
        """Write what the file says about itself. Without it there is no workbook."""
        count = len(self._sheets)
        self._zip.writestr("xl/styles.xml", parts.styles())
        self._zip.writestr("xl/workbook.xml", parts.workbook(self._sheets))
        self._zip.writestr("xl/_rels/workbook.xml.rels", parts.workbook_links(count))
        self._zip.writestr("[Content_Types].xml", parts.content_types(self._sheets))
        self._zip.close()

    def _entry(self) -> Any:
        return deflate.writing(self._zip, f"xl/worksheets/sheet{len(self._sheets) + 1}.xml")

    def _close_sheet(self, part: parts.SheetPart, notes: list[tuple[int, str]]) -> None:
        self._sheets.append(part)
        if notes:
            at = len(self._sheets)
            self._zip.writestr(f"xl/worksheets/_rels/sheet{at}.xml.rels", parts.sheet_links(at))
            self._zip.writestr(f"xl/comments{at}.xml", parts.comments(notes))
            self._zip.writestr(f"xl/drawings/vmlDrawing{at}.vml", parts.note_shapes(notes))

    def _free_name(self, name: str) -> str:
        """Give a name that Excel takes and that no other sheet has."""
        taken = {sheet.name.casefold() for sheet in self._sheets}
        base = name.translate(_FORBIDDEN).strip("' ")[:MOST_NAME] or "1"
        found, number = base, 2
        while found.casefold() in taken:
            ending = f" {number}"
            found, number = base[: MOST_NAME - len(ending)] + ending, number + 1
        return found


def write(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Give the bytes of a workbook with one sheet of text cells under a frozen head."""
    file = BytesIO()
    book = Book(file)
    book.add(title, [Column(header) for header in headers], rows)
    book.close()
    return file.getvalue()


def _width(column: Column, at: int, rows: Sequence[Row]) -> float:
    if column.width:
        return column.width
    texts = [row[at] for row in rows[:200]]
    longest = max([width(column.header), *(width(text) for text in texts if isinstance(text, str))])
    return min(max(longest + 2, _NARROW), _WIDE)
