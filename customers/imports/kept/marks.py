"""Which status every row of a file has, and which of its customers it belongs to.

Pure; a letter and a number for each row, so that the largest file fits in a few megabytes. What is
kept in blocks is packed here: compressed JSON, numbers.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from core import deflate
from core.workbook.cells import Cell
from customers.imports.plan import plans
from customers.imports.plan.plans import UPDATE, Planned

LETTERS = {
    "created": "c",
    "updated": "u",
    "requested": "r",
    "unchanged": "n",
    "undecided": "d",
    "skipped": "s",
    "failed": "f",
}
NAMES = {letter: name for name, letter in LETTERS.items()}
# Heads and the like: read, but no data.
NO_DATA = "-"


def pack(value: Any) -> bytes:
    """Give a JSON value as compressed bytes."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # half a character, or a number of more than 64 bits
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        text = plain.encode("utf-8", "surrogatepass")
    return deflate.pack(text)


def unpack(data: Any) -> Any:
    """Give the JSON value that `pack` packed."""
    text = deflate.unpack(data)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text.decode("utf-8", "surrogatepass"))


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Give whole numbers as compressed bytes."""
    return deflate.pack(array("i", numbers).tobytes())


def unpack_numbers(data: Any) -> array[int]:
    """Give the numbers that `pack_numbers` packed."""
    found = array("i")
    if data:
        found.frombytes(deflate.unpack(data))
    return found


def as_row(row: Sequence[Any]) -> list[Cell]:
    """Give a row that went through JSON as the reader made it: a kind of cell is a pair."""
    return [cell if type(cell) is str else tuple(cell) for cell in row]


BY_ACTION = {
    plans.CREATE: LETTERS["created"],
    UPDATE: LETTERS["updated"],
    plans.UNCHANGED: LETTERS["unchanged"],
    plans.UNDECIDED: LETTERS["undecided"],
    plans.SKIP: LETTERS["skipped"],
    plans.REJECT: LETTERS["failed"],
}
_ADDED, _CHANGED, _SAME = LETTERS["created"], LETTERS["updated"], LETTERS["unchanged"]
_ASKED = LETTERS["requested"]


def letter_of(planned: Planned) -> str:
    """Give what becomes of a customer of the file: of one that is updated, whether by request."""
    return _ASKED if planned.action == UPDATE and planned.asked else BY_ACTION[planned.action]


class Marks:
    """The letters and customers of the rows of one file."""

    def __init__(self) -> None:
        self._letters: dict[int, bytearray] = {}
        self._documents: dict[int, array[int]] = {}
        self._wrong: set[tuple[int, int]] = set()

    def wrong(self, sheet: int, row: int) -> None:
        """Note that a row has an error of its own."""
        self._wrong.add((sheet, row))

    def put(self, planned: Planned) -> None:
        """Mark every row of a customer of the file with what would become of it."""
        told = letters_of(planned) if planned.action == UPDATE else {}
        whole = letter_of(planned)
        for place in planned.source:
            row = place[1]
            letters, documents = self._grown(*place)
            letters[row] = ord(told.get(place, whole))
            documents[row] = planned.number

    def of(self, sheet: int, numbers: Sequence[int], first_row: int) -> str:
        """Give the letters of these rows; those of no customer are wrong or left out."""
        return "".join(self._letter(sheet, row, first_row) for row in numbers)

    def documents_of(self, sheet: int, numbers: Sequence[int]) -> Iterator[int]:
        """Give the customers of these rows, -1 for none."""
        known = self._documents.get(sheet, array("i"))
        size = len(known)
        return (known[row] if row < size else -1 for row in numbers)

    def _letter(self, sheet: int, row: int, first_row: int) -> str:
        if first_row == 0 or row < first_row:
            return NO_DATA
        known = self._letters.get(sheet, b"")
        letter = known[row] if row < len(known) else 0
        if letter:
            return chr(letter)
        return LETTERS["failed"] if (sheet, row) in self._wrong else LETTERS["skipped"]

    def _grown(self, sheet: int, row: int) -> tuple[bytearray, array[int]]:
        if sheet not in self._letters:
            self._letters[sheet], self._documents[sheet] = bytearray(), array("i")
        letters, documents = self._letters[sheet], self._documents[sheet]
        if row >= len(letters):
            more = max(row + 1 - len(letters), 1000)
            letters.extend(bytes(more))
            documents.extend([-1] * more)
        return letters, documents


def letters_of(planned: Planned) -> dict[tuple[int, int], str]:
    """Give what becomes of each row: in a customer that is updated a child row may stay as it is.

    Its head is updated whatever changes of it: people count customers by their heads.
    """
    whole = letter_of(planned)
    if planned.action != UPDATE:
        return dict.fromkeys(planned.source, whole)
    found = dict.fromkeys(planned.source, _SAME)
    for op in planned.children:
        place = (op.sheet, op.row)
        if op.op != "del" and place in found:
            letter = _ADDED if op.op == "add" else _CHANGED
            found[place] = _ASKED if op.child in planned.asked else letter
    head = (planned.sheet, planned.row)
    if head in found and (planned.has_head or set(found.values()) == {_SAME}):
        found[head] = whole
    return found


def counted(letters: Mapping[str, int] | Counter[str]) -> dict[str, int]:
    """Give counts by the names of statuses; "read" is their sum."""
    counts = {name: letters.get(letter, 0) for name, letter in LETTERS.items()}
    return {"read": sum(counts.values()), **counts}
