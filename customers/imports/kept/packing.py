"""Packs what an import keeps in blocks: compressed JSON, numbers, one letter for each status.

Pure; it knows no table and no query.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from core import deflate
from core.workbook.cells import Cell

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


def as_rows(rows: Iterable[Sequence[Any]]) -> list[list[Cell]]:
    """Give rows that went through JSON as the reader made them: a kind of cell is a pair."""
    return [as_row(row) for row in rows]


def as_row(row: Sequence[Any]) -> list[Cell]:
    """Give one row that went through JSON as the reader made it."""
    return [cell if type(cell) is str else tuple(cell) for cell in row]
