"""Takes plain rows of a sheet by patterns. Runs in the child."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator

from core.workbook import plain

# Letters, style, kind, value, text in the cell itself; "" and None where nothing is written.
Cells = Iterable[tuple[str, str | None, str | None, str | None, str | None]]
# Takes the digits of a row and its cells, and says whether; if not, nothing has changed.
Take = Callable[[str, Cells], bool]

_BEGIN, _END = re.compile(b"<sheetData>"), b"</row>"
_ATTRIBUTES = rf"(?: [A-Za-z][\w.]*+(?::[A-Za-z][\w.]*+)?={plain.VALUE})*+"
_ROW = re.compile(rf'[ \t\r\n]*<row r="([1-9][0-9]{{0,6}})"({_ATTRIBUTES})>', re.ASCII)
_EMPTY_ROWS = re.compile(rf"(?:[ \t\r\n]*<row{_ATTRIBUTES}/>)+[ \t\r\n]*<row ", re.ASCII)
_CELL = re.compile(
    r'<c r="([A-Z]{1,3}+)([0-9]{1,7}+)"(?: s="([0-9]{1,5}+)")?+(?: t="([A-Za-z]{1,9}+)")?+(?:/>|>'
    rf'(?:<v>({plain.TEXT})</v>|<is><t(?: xml:space="preserve")?+>({plain.TEXT})</t></is>)?+</c>)'
)
_PARTS = _CELL.groups + 1
_ATTRIBUTE = re.compile(r' ([\w.:]+)="([^"]*)"', re.ASCII)
_SHOWN = ("0", "false")
_MOST_REMEMBERED = 1_000
_UNSURE = (*plain.UNSURE, "<row", "sheetData")


class PlainRows:
    """The plain rows of one sheet on their way to `take`."""

    def __init__(self, take: Take, is_inside: Callable[[], bool]) -> None:
        self._take, self._is_inside = take, is_inside
        self._known: dict[str, bool] = {}

    def rest(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Give what expat has to read; in between `take` gets the rows that it need not read."""
        return plain.rest(chunks, _BEGIN, _END, self._is_inside, self._rows)

    def _rows(self, data: bytes) -> Generator[bytes, None, bytes]:
        try:
            pieces = data.decode().split("</row>")[:-1]
        except UnicodeDecodeError:
            return data
        for at, piece in enumerate(pieces):
            row = _ROW.match(piece)
            body = piece[row.end() :] if row else ""
            if row and self._is_plain(row[2]) and self._is_taken(row[1], body):
                continue
            if not row:
                begun = _EMPTY_ROWS.match(piece)
                body = piece[begun.end() :] if begun else "<!"
            if any(sign in body for sign in _UNSURE):
                return "".join(f"{one}</row>" for one in pieces[at:]).encode()
            yield f"{piece}</row>".encode()
        return b""

    def _is_taken(self, digits: str, body: str) -> bool:
        parts = _CELL.split(body)
        rows = parts[2::_PARTS]
        if any(parts[::_PARTS]) or rows.count(digits) < len(rows):
            return False
        return self._take(digits, zip(*(parts[at::_PARTS] for at in (1, 3, 4, 5, 6)), strict=True))

    def _is_plain(self, attributes: str) -> bool:
        """Say whether the attributes of a row are of no meaning to anybody."""
        known = self._known.get(attributes)
        if known is None:
            pairs = _ATTRIBUTE.findall(attributes)
            names = [name for name, _value in pairs]
            is_hidden = dict(pairs).get("hidden", "0") not in _SHOWN
            is_told = any(name == "r" or name.startswith("xmlns") for name in names)
            known = not is_hidden and not is_told and len(set(names)) == len(names)
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[attributes] = known
        return known
