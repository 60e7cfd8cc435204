"""Takes parts of a workbook that are written plainly, as Excel and its like do, past expat.

Runs in the child. Whatever is written in another way is left to expat, in the order of the file:
one element, or everything from there on where a pattern could not know what it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator

# Takes data up to the end of an element and yields what expat has to read of it; returns what is
# left when that and everything after it is for expat.
Take = Callable[[bytes], Generator[bytes, None, bytes]]

_CONTROLS = "\x00-\x08\x0b-\x1f\ufffe\uffff"
TEXT = rf"[^<>&{_CONTROLS}]*+"
VALUE = rf'"[^"<>&{_CONTROLS}]*+"'
# Where one of these stands, what looks like the end of an element may be none.
UNSURE = ("<!", "<?")

_LONGEST_HEAD, _LONGEST_ELEMENT = 1024 * 1024, 2 * 1024 * 1024
_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)")


def rest(
    chunks: Iterable[bytes],
    begin: re.Pattern[bytes],
    end: bytes,
    is_inside: Callable[[], bool],
    take: Take,
) -> Iterator[bytes]:
    """Give what expat has to read of a part; in between `take` gets what it need not read.

    `begin` ends where the elements begin, which `is_inside` has to confirm; `end` closes each.
    """
    source = iter(chunks)
    data, at = _head(source, begin)
    yield data[:at]
    data = data[at:]
    goes_on = at > 0 and is_inside()
    while goes_on and len(data) <= _LONGEST_ELEMENT:
        at = data.rfind(end) + len(end)
        if at >= len(end):
            left = yield from take(data[:at])
            data, goes_on = left + data[at:], not left
        chunk = next(source, b"") if goes_on else b""
        data, goes_on = data + chunk, bool(chunk)
    yield data
    yield from source


def _head(source: Iterator[bytes], begin: re.Pattern[bytes]) -> tuple[bytes, int]:
    """Give the first data of a part and where `begin` ends in it; 0 where nobody can tell."""
    data = b""
    for chunk in source:
        data += chunk
        if found := begin.search(data):
            encoding = _ENCODING.match(data)
            is_known = encoding is None or encoding[1].lower() == b"utf-8"
            return data, found.end() if is_known else 0
        if len(data) > _LONGEST_HEAD:
            break
    return data, 0


# Letters, style, kind, value, text in the cell itself; "" and None where nothing is written.
Cells = Iterable[tuple[str, str | None, str | None, str | None, str | None]]
# Takes the digits of a row and its cells, and says whether; if not, nothing has changed.
TakeRow = Callable[[str, Cells], bool]

_SHEET_BEGIN, _ROW_END = re.compile(b"<sheetData>"), b"</row>"
_ATTRIBUTES = rf"(?: [A-Za-z][\w.]*+(?::[A-Za-z][\w.]*+)?={VALUE})*+"
_ROW = re.compile(rf'[ \t\r\n]*<row r="([1-9][0-9]{{0,6}})"({_ATTRIBUTES})>', re.ASCII)
_EMPTY_ROWS = re.compile(rf"(?:[ \t\r\n]*<row{_ATTRIBUTES}/>)+[ \t\r\n]*<row ", re.ASCII)
_CELL = re.compile(
    r'<c r="([A-Z]{1,3}+)([0-9]{1,7}+)"(?: s="([0-9]{1,5}+)")?+(?: t="([A-Za-z]{1,9}+)")?+(?:/>|>'
    rf'(?:<v>({TEXT})</v>|<is><t(?: xml:space="preserve")?+>({TEXT})</t></is>)?+</c>)'
)
_PARTS = _CELL.groups + 1
_ATTRIBUTE = re.compile(r' ([\w.:]+)="([^"]*)"', re.ASCII)
_SHOWN = ("0", "false")
_MOST_REMEMBERED = 1_000
_ROW_UNSURE = (*UNSURE, "<row", "sheetData")


class PlainRows:
    """The plain rows of one sheet on their way to `take`."""

    def __init__(self, take: TakeRow, is_inside: Callable[[], bool]) -> None:
        self._take, self._is_inside = take, is_inside
        self._known: dict[str, bool] = {}

    def rest(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Give what expat has to read; in between `take` gets the rows that it need not read."""
        return rest(chunks, _SHEET_BEGIN, _ROW_END, self._is_inside, self._rows)

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
            if any(sign in body for sign in _ROW_UNSURE):
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


_TEXTS_BEGIN, _TEXT_END = re.compile(rb"<sst\b[^<>]*>"), b"</si>"
_T = rf'<t(?: xml:space="preserve")?+>({TEXT})</t>'


def _look(name: str) -> str:
    """Match an element that says how signs look or are read: of two attributes at most."""
    two = rf" (?P<{name}>[A-Za-z]++)={VALUE}(?: (?!(?P={name})=)[A-Za-z]++={VALUE})?+"
    return rf"<(?!(?:si|t|rPh)\b)[A-Za-z]++(?:{two})?+/>"


_PLAIN = re.compile(rf"[ \t\r\n]*+<si>{_T}(?:{_look('aloud')})?+", re.ASCII)
_RICH = re.compile(
    rf"[ \t\r\n]*+<si>(?:<r>(?:<rPr>(?:{_look('run')})*+</rPr>)?+{_T}</r>)++(?:{_look('aloud')})?+",
    re.ASCII,
)
_RUN = re.compile(_T)


class PlainTexts:
    """The plain texts of a workbook on their way to `add`."""

    def __init__(self, add: Callable[[str], None], is_inside: Callable[[], bool]) -> None:
        self._add, self._is_inside = add, is_inside

    def rest(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Give what expat has to read; in between `add` gets the texts that it need not read."""
        return rest(chunks, _TEXTS_BEGIN, _TEXT_END, self._is_inside, self._texts)

    def _texts(self, data: bytes) -> Generator[bytes, None, bytes]:
        try:
            pieces = data.decode().split("</si>")[:-1] if self._is_inside() else []
        except UnicodeDecodeError:
            pieces = []
        add, is_plain, is_rich = self._add, _PLAIN.fullmatch, _RICH.fullmatch
        for at, piece in enumerate(pieces):
            if text := is_plain(piece):
                add(text[1])
            elif is_rich(piece):
                add("".join(_RUN.findall(piece)))
            elif any(sign in piece for sign in UNSURE):
                return "".join(f"{one}</si>" for one in pieces[at:]).encode()
            else:
                yield f"{piece}</si>".encode()
                if not self._is_inside():
                    return "".join(f"{one}</si>" for one in pieces[at + 1 :]).encode()
        return b"" if pieces else data
