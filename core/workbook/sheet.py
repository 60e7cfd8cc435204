"""One sheet of a workbook: its XML becomes blocks of rows, in few steps per cell.

Runs in the child. It believes no dimension and no count; references must lie inside the grid.
"""

from __future__ import annotations

import re
from typing import Any

from core.workbook import markup
from core.workbook.blocks import Blocks, Emit
from core.workbook.cells import Bad, Cell, letters
from core.workbook.formats import day, iso
from core.workbook.plain import Cells, PlainRows
from core.workbook.strings import LONGEST, PICTURE, TooLong, unescaped, unwrapped

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_NAMESPACES = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_LONGEST_NUMBER = 64
_NOTHING, _VALUE, _FORMULA = 0, 1, 2
_TRUE = ("1", "true")


class _Columns(dict[str, int]):
    """Columns by their letters, as far as they were asked for; -1 for what is none."""

    def __missing__(self, name: str) -> int:
        at = 0
        if len(name) > 3 or not (name.isascii() and name.isupper() and name.isalpha()):
            return -1
        for letter in name:
            at = at * 26 + ord(letter) - 64
        if at > LAST_COLUMN:
            return -1
        self[name] = at - 1
        return at - 1


_COLUMN = _Columns()


class SheetXml:
    """Takes the events of expat for one sheet and emits its blocks."""

    def __init__(self, at: int, name: str, book: Any, emit: Emit, *, sorts: bool = False) -> None:
        self._name = name
        self._strings, self._looks = book.strings, book.looks
        self._list = None if book.strings.spilled else book.strings.texts
        self._from_1904, self._has_pictures = book.from_1904, book.has_pictures
        self._blocks = Blocks(at, name, book.limits, emit, sorts=sorts)
        self._most_columns = book.limits["columns"]
        self._parser = markup.parser()
        self._parser.StartElementHandler = self._root
        self._parser.CharacterDataHandler = self._text
        self._row: list[Cell] = []
        self._number, self._digits, self._column = 0, "0", -1
        self._kind, self._style, self._pending, self._raw = "n", "", _NOTHING, ""
        self._collecting = self._is_hidden = self._in_data = False
        self._signs = self._depth = 0
        self._phonetic = self._is_inline = self._rich = False

    def read(self, chunks: Any) -> None:
        """Read the part and emit everything it holds. Raises Bad, Unsorted."""
        plain = PlainRows(self._take_row, lambda: self._in_data)
        markup.feed(self._parser, plain.rest(chunks), sheet=self._name, part="")
        self._close_row()
        self._blocks.close()

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        prefix, colon, plain = name.rpartition(":")
        space = attributes.get(f"xmlns:{prefix}" if prefix else "xmlns", "")
        if plain != "worksheet" or space not in _NAMESPACES:
            raise Bad("damaged-part", sheet=self._name, part="")
        self._v, self._c, self._r, self._f, self._is, self._t, self._data = (
            prefix + colon + part for part in ("v", "c", "row", "f", "is", "t", "sheetData")
        )
        self._runs = {prefix + colon + part for part in ("t", "r", "rPh", "phoneticPr")}
        self._parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._v:
            if self._pending & _VALUE:
                raise Bad("twice", sheet=self._name, cell=self._cell())
            self._pending, self._raw, self._collecting = self._pending | _VALUE, "", True
            self._parser.EndElementHandler = self._end_text
            return
        if self._is_inline and name in self._runs:
            self._inside(name, attributes)
            return
        if self._pending and name != self._f:
            self._finish()
        if name == self._c:
            get = attributes.get
            reference = get("r")
            if reference is None:
                column = self._column + 1
            else:
                cut = -len(self._digits)
                column = _COLUMN[reference[:cut]]
                if column < 0 or reference[cut:] != self._digits:
                    raise Bad("place", sheet=self._name, cell=reference[:20])
            self._column = column
            self._kind = get("t", "n")
            self._style = get("s", "")
            self._rich = self._has_pictures and "vm" in attributes
        elif name == self._r:
            self._open_row(attributes)
        elif name == self._f:
            self._pending = _FORMULA
        elif name == self._is and self._kind == "inlineStr":
            self._pending, self._is_inline = _VALUE, True
        else:
            self._other(name, attributes)

    def _text(self, data: str) -> None:
        if self._collecting:
            self._raw = self._raw + data if self._raw else data
            if len(self._raw) > 8 * LONGEST:
                raise Bad("long", sheet=self._name, cell=self._cell())

    def _end_text(self, name: str) -> None:
        if name == self._v or name == self._t:
            self._collecting = False
            self._parser.EndElementHandler = None

    def _inside(self, name: str, attributes: dict[str, str]) -> None:
        """Take an element of a text that stands in the cell itself: the text, or a run of it."""
        if name == self._t:
            self._collecting = True
            self._parser.EndElementHandler = self._end_text
        else:
            self._depth = 0
            self._parser.StartElementHandler = self._inner
            self._parser.EndElementHandler = self._outer
            self._inner(name, attributes)

    def _finish(self) -> None:
        """Put the value of the cell that ended into the row."""
        pending, raw, kind = self._pending, self._raw, self._kind
        self._pending, self._raw, self._collecting = _NOTHING, "", False
        self._is_inline = False
        if kind == "s":
            value: Cell = self._shared(raw)
        elif kind == "n":
            raw = raw.strip()
            empty: Cell = ("f", "") if pending & _FORMULA else ""
            value = self._numeric(raw, self._style) if raw else empty
        elif pending == _FORMULA:
            value = ("f", "")
        else:
            value = self._odd(kind, raw)
        if value is PICTURE:
            self._blocks.notes.in_column("picture", self._column, self._number)
        elif pending & _FORMULA and value and value != ("f", ""):
            self._blocks.notes.in_column("formula", self._column, self._number)
        if not value:
            return
        if self._column >= self._most_columns:
            raise Bad("columns", sheet=self._name, cell=self._cell(), most=self._most_columns)
        row = self._row
        gap = self._column - len(row)
        if gap >= 0:
            row.extend([""] * gap)
            row.append(value)
        elif row[self._column]:
            raise Bad("twice", sheet=self._name, cell=self._cell())
        else:
            row[self._column] = value

    def _shared(self, raw: str) -> str:
        try:
            number = int(raw)
            if number < 0:
                raise IndexError
            text = self._list[number] if self._list is not None else self._strings[number]
        except (ValueError, IndexError):
            if not raw.strip():
                return ""
            raise Bad("string", sheet=self._name, cell=self._cell()) from None
        if type(text) is TooLong:
            raise Bad("long", sheet=self._name, cell=self._cell())
        if self._list is None:
            self._signs += len(text)
        return text

    def _numeric(self, raw: str, style: str | None) -> Cell:
        if not _NUMBER.fullmatch(raw) or len(raw) > _LONGEST_NUMBER:
            raise Bad("number", sheet=self._name, cell=self._cell(), value=raw[:40])
        if style and style != "0":
            try:
                look = self._looks[int(style)]
            except (ValueError, IndexError):
                look = False
            if look is True and (found := day(raw, self._from_1904)):
                return ("d", found)
            if look and look is not True and (seen := look.shown(raw)):
                return seen
        return ("n", raw)

    def _odd(self, kind: str, raw: str) -> Cell:
        """Give the value of the rarer kinds of cells."""
        if kind in ("str", "inlineStr"):
            text = unescaped(raw) if "_x" in raw else raw
            text = unwrapped(text) if text[:1] == "=" else text
            if len(text) > LONGEST:
                raise Bad("long", sheet=self._name, cell=self._cell())
            self._signs += len(text)
            return text
        raw = raw.strip()
        if not raw:
            return ""
        if kind == "b" and raw in ("0", "1", "true", "false"):
            return ("b", "TRUE" if raw in _TRUE else "FALSE")
        if kind == "e" and self._rich and raw == "#VALUE!":
            return PICTURE
        if kind == "e":
            return ("e", raw[:40])
        if kind == "d":
            found = iso(raw)
            return ("d", found) if found else raw[:LONGEST]
        raise Bad("number", sheet=self._name, cell=self._cell(), value=raw[:40])

    def _open_row(self, attributes: dict[str, str]) -> None:
        digits = attributes.get("r", "").strip() or str(self._number + 1)
        number = int(digits) if digits.isdecimal() and len(digits) < 9 else 0
        self._begin_row(number, digits)
        self._is_hidden = attributes.get("hidden", "") in _TRUE

    def _begin_row(self, number: int, digits: str) -> None:
        self._close_row()
        if not self._in_data:
            raise Bad("damaged-part", sheet=self._name, part="")
        if not 0 < number <= LAST_ROW:
            raise Bad("place", sheet=self._name, cell=digits[:20])
        self._number, self._digits, self._column = number, str(number), -1
        self._kind, self._style = "n", ""
        self._is_hidden = False

    def _take_row(self, digits: str, cells: Cells) -> bool:
        """Take a row that is written plainly, unless something about it must be told."""
        row: list[Cell] = []
        last, limit, signs = -1, self._most_columns, 0
        try:
            for name, style, kind, raw, inline in cells:
                column = _COLUMN[name]
                if column <= last or (inline is not None and kind != "inlineStr"):
                    return False
                last = column
                if inline is not None and inline[:1] != "=" and "_x" not in inline:
                    if len(inline) > LONGEST:
                        return False
                    value: Cell = inline
                    signs += len(inline)
                elif inline is not None:
                    value = self._odd("inlineStr", inline)
                elif raw is None:
                    continue
                elif kind == "s":
                    value = self._shared(raw)
                elif kind is None or kind == "n":
                    raw = raw.strip()
                    value = self._numeric(raw, style) if raw else ""
                else:
                    value = self._odd(kind, raw)
                if value is PICTURE:
                    return False
                if value:
                    if column >= limit:
                        return False
                    if column > len(row):
                        row.extend([""] * (column - len(row)))
                    row.append(value)
        except Bad:  # expat finds it again and knows the place
            return False
        self._begin_row(int(digits), digits)
        self._row, self._column = row, last
        self._signs += signs
        return True

    def _close_row(self) -> None:
        if self._pending:
            self._finish()
        row = self._row
        if not row:
            return
        self._row = []
        number = self._number
        if not number:
            raise Bad("damaged-part", sheet=self._name, part="")
        self._blocks.add(number, row, self._is_hidden, self._signs)
        self._signs = 0

    def _other(self, name: str, attributes: dict[str, str]) -> None:
        """Take what is neither row nor cell; from here on depth is counted until it closes."""
        plain = name.rpartition(":")[2]
        if name == self._data:
            if self._in_data:
                raise Bad("damaged-part", sheet=self._name, part="")
            self._in_data = True
        elif plain in ("cols", "mergeCells", "sheetFormatPr", "col", "mergeCell"):
            self._blocks.notes.take(plain, attributes)
        else:
            self._depth = 1
            self._parser.StartElementHandler = self._skip
            self._parser.EndElementHandler = self._unskip

    def _skip(self, _name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > markup.DEEPEST:
            raise Bad("deep", part=self._name)

    def _unskip(self, _name: str) -> None:
        self._depth -= 1
        if not self._depth:
            self._parser.StartElementHandler = self._start
            self._parser.EndElementHandler = None

    def _inner(self, name: str, attributes: dict[str, str]) -> None:
        """Take the elements of a run: its text, but neither how it looks nor how it is read."""
        self._skip(name, attributes)
        plain = name.rpartition(":")[2]
        if plain == "rPh":
            self._phonetic = True
        elif plain == "t":
            self._collecting = not self._phonetic

    def _outer(self, name: str) -> None:
        plain = name.rpartition(":")[2]
        if plain == "t":
            self._collecting = False
        elif plain == "rPh":
            self._phonetic = False
        self._unskip(name)

    def _cell(self) -> str:
        return f"{letters(self._column)}{self._digits}"
