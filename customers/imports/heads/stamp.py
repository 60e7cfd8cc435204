"""The hidden sheet that says where a workbook comes from: read when it comes back.

Pure; it holds no data of customers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import get_language

from core.workbook.writing import Book
from core.workbook.writing_cells import Column

SHEET = "_kehu"
LISTS = "_lists"
TEMPLATE, WORKBOOK, ERRORS = "template", "workbook", "errors"


def version_of(keys: Iterable[str]) -> str:
    """Give the version of a set of columns in the language of the moment."""
    return hashlib.sha256("\n".join([get_language() or "", *keys]).encode()).hexdigest()[:12]


def write(book: Book, kind: str, **more: str) -> None:
    """Write the stamp as the last, hidden sheet: kind of file, language, day, what else is said."""
    today = timezone.localdate().isoformat()
    said = {"kind": kind, **more, "language": get_language() or "", "date": today}
    book.add(SHEET, [Column("kehu"), Column("")], list(said.items()), state="hidden")


def read(rows: Sequence[Sequence[object]]) -> dict[str, str]:
    """Give what the stamp says, from the rows of its sheet; nothing for a sheet of another kind."""
    if not rows or not rows[0] or rows[0][0] != "kehu":
        return {}
    return {str(row[0]): str(row[1]) for row in rows[1:] if len(row) > 1}
