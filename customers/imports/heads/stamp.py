"""The hidden sheet that says where a workbook comes from: read when it comes back.

Pure; it holds no data of customers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from core.workbook.writing import Book
from core.workbook.writing_cells import Column

SHEET = "_kehu"
LISTS = "_lists"
TEMPLATE, WORKBOOK, ERRORS = "template", "workbook", "errors"


def version_of(keys: Iterable[str], language: str) -> str:
    """Give the version of a set of columns in a language."""
    return hashlib.sha256("\n".join([language, *keys]).encode()).hexdigest()[:12]


def write(book: Book, values: Mapping[str, str]) -> None:
    """Write the stamp as the last, hidden sheet."""
    columns = [Column("kehu"), Column("")]
    book.add(SHEET, columns, list(values.items()), state="hidden")


def read(rows: Sequence[Sequence[object]]) -> dict[str, str]:
    """Give what the stamp says, from the rows of its sheet; nothing for a sheet of another kind."""
    if not rows or not rows[0] or rows[0][0] != "kehu":
        return {}
    return {str(row[0]): str(row[1]) for row in rows[1:] if len(row) > 1}
