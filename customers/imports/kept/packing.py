"""Packs what an import keeps in blocks: compressed JSON, numbers, one letter for each status.

Pure; it knows no table and no query.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from core.workbook.cells import Cell

# Fast beats small here: an import packs every row of its file once and unpacks it a few times.
_LEVEL = 1

LETTERS = {
    "created": "c",
    "updated": "u",
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
    return zlib.compress(text, _LEVEL)


def unpack(data: Any) -> Any:
    """Give the JSON value that `pack` packed."""
    text = zlib.decompress(data)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text.decode("utf-8", "surrogatepass"))


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Give whole numbers as compressed bytes."""
    return zlib.compress(array("i", numbers).tobytes(), _LEVEL)


def unpack_numbers(data: Any) -> array[int]:
    """Give the numbers that `pack_numbers` packed."""
    found = array("i")
    if data:
        found.frombytes(zlib.decompress(data))
    return found


def as_rows(rows: Iterable[Sequence[Any]]) -> list[list[Cell]]:
    """Give rows that went through JSON as the reader made them: a kind of cell is a pair."""
    return [as_row(row) for row in rows]


def as_row(row: Sequence[Any]) -> list[Cell]:
    """Give one row that went through JSON as the reader made it."""
    return [cell if type(cell) is str else tuple(cell) for cell in row]
