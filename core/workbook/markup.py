"""Feeds XML to expat under guard: no DOCTYPE, no entities, no depths, no endless tokens.

Runs in the child. It knows no spreadsheet; what elements mean is the callers' business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

from core.workbook.cells import Bad

DEEPEST = 48
_LONGEST_TOKEN = 4 * 1024 * 1024
_BUFFER = 64 * 1024

Attributes = dict[str, str]


def parser() -> Any:
    """Give an expat parser that refuses what no workbook holds."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.buffer_size = _BUFFER
    made.StartDoctypeDeclHandler = _refuse
    made.EntityDeclHandler = _refuse
    return made


def feed(made: Any, chunks: Iterable[bytes], **where: str) -> None:
    """Parse the pieces of a part. Raises Bad for what is not well-formed."""
    fed = 0
    try:
        for chunk in chunks:
            made.Parse(chunk, False)
            fed += len(chunk)
            # Expat looks at an unfinished token again with every piece: a long one costs squares.
            if fed - made.CurrentByteIndex > _LONGEST_TOKEN:
                raise Bad("damaged-part", **where)
        made.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Bad("damaged-part", **where) from error


def elements(
    chunks: Iterable[bytes], took: Callable[[tuple[str, ...], Attributes], None], part: str
) -> None:
    """Tell every element of a small part: the local names down to it, and its attributes."""
    path: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        path.append(name.rpartition(":")[2])
        if len(path) > DEEPEST:
            raise Bad("deep", part=part)
        took(tuple(path), attributes)

    def end(_name: str) -> None:
        path.pop()

    made = parser()
    made.StartElementHandler = start
    made.EndElementHandler = end
    feed(made, chunks, part=part)


def _refuse(*_declaration: object) -> None:
    raise Bad("doctype")
