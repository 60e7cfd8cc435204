"""The table of texts that cells point to: rich text joined, phonetic runs left out, memory bounded.

Runs in the child. A large table moves into one block of UTF-8, where a text costs only its bytes.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable

from core.workbook import markup
from core.workbook.cells import Bad
from core.workbook.plain import PlainTexts

LONGEST = 32_767
_KEPT = 8 * LONGEST  # an escape of seven signs stands for one
_LIST_MEMORY = 96 * 1024 * 1024
_BLOB_MEMORY = 224 * 1024 * 1024
_TEXT_COST = 80
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
# What programs put round a text so that another leaves it alone, or for a picture.
_FORMULA = re.compile(r'=\s*(?:T\(\s*)?"((?:[^"]|"")*)"\s*\)?\s*')
_PICTURE = re.compile(r"=\s*(?:_xlfn\.)?DISPIMG\(", re.IGNORECASE)


class TooLong(str):
    """Stands for a text that no cell of Excel can hold."""


TOO_LONG = TooLong("")


class Strings:
    """Texts by number."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.spilled = False
        self._cost = 0
        self._blob = bytearray()
        self._ends = array("Q", [0])
        self._long: set[int] = set()
        self._count = 0

    def add(self, text: str) -> None:
        """Take the next text. Raises Bad when there are too many."""
        if "_x" in text:
            text = unescaped(text)
        if text[:1] == "=":
            text = unwrapped(text)
        if len(text) > LONGEST:
            self._long.add(self._count)
            text = TOO_LONG
        self._count += 1
        if self.spilled:
            self._store(text)
            return
        self.texts.append(text)
        self._cost += _TEXT_COST + len(text) * 2
        if self._cost > _LIST_MEMORY:
            self._spill()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < self._count:
            raise IndexError(number)
        if not self.spilled:
            return self.texts[number]
        if number in self._long:
            return TOO_LONG
        ends = self._ends
        return self._blob[ends[number] : ends[number + 1]].decode("utf-8", "surrogatepass")

    def _spill(self) -> None:
        self.spilled = True
        for text in self.texts:
            self._store(text)
        self.texts = []

    def _store(self, text: str) -> None:
        self._blob += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._blob))
        if len(self._blob) + 8 * len(self._ends) > _BLOB_MEMORY:
            raise Bad("texts")


class _Table:
    """Takes the elements of the part; only text outside phonetic runs counts."""

    def __init__(self, strings: Strings) -> None:
        self._add = strings.add
        self._pieces: list[str] = []
        self._length = 0
        self._open = self._phonetic = False
        self._depth = 0

    def start(self, name: str, _attributes: list[str]) -> None:
        name = name.rpartition(":")[2] if ":" in name else name
        self._depth += 1
        if self._depth > markup.DEEPEST:
            raise Bad("deep", part="sharedStrings.xml")
        if name == "t":
            self._open = not self._phonetic
        elif name == "si":
            self._pieces, self._length = [], 0
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2] if ":" in name else name
        self._depth -= 1
        if name == "t":
            self._open = False
        elif name == "si":
            pieces = self._pieces
            self._add(pieces[0] if len(pieces) == 1 else "".join(pieces))
        elif name == "rPh":
            self._phonetic = False

    def is_between(self) -> bool:
        """Say whether a text can begin here."""
        return self._depth == 1

    def text(self, data: str) -> None:
        if self._open and self._length < _KEPT:
            self._pieces.append(data)
            self._length += len(data)


def read(chunks: Iterable[bytes]) -> Strings:
    """Give the table of a part. Raises Bad when it is damaged or larger than memory allows."""
    strings = Strings()
    table = _Table(strings)
    made = markup.parser()
    made.ordered_attributes = True
    made.StartElementHandler = table.start
    made.EndElementHandler = table.end
    made.CharacterDataHandler = table.text
    plain = PlainTexts(strings.add, table.is_between)
    markup.feed(made, plain.rest(chunks), part="sharedStrings.xml")
    return strings


def unescaped(text: str) -> str:
    """Take out the escapes of Excel for signs XML cannot hold; half signs stay as they are."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if not _HALF.search(plain):
        return plain
    joined = _PAIR.sub(
        lambda found: found[0].encode("utf-16", "surrogatepass").decode("utf-16"), plain
    )
    return _HALF.sub(lambda found: f"_x{ord(found[0]):04X}_", joined)


class Picture(str):
    """Stands for a picture that a program keeps in a cell; nothing of it is read."""


PICTURE = Picture("")


def unwrapped(text: str) -> str:
    """Give a text that begins with = without what guards it: ="00731" is 00731."""
    if found := _FORMULA.fullmatch(text):
        return found[1].replace('""', '"')
    return PICTURE if _PICTURE.match(text) else text
