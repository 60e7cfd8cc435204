"""Reads a small table from an uploaded .xlsx: hostile files end in a sentence, never in an error.

Limits hold before and while anything is unpacked; values keep the text people see.
"""

from __future__ import annotations

import datetime
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED = 20 * 1024 * 1024
MAX_ENTRIES = 200
MAX_ROWS = 5000
MAX_COLUMNS = 50
MAX_TEXT = 500

LAST_ROW = 20_000

_ZIP, _OLE, _UTF16 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", (b"\xff\xfe", b"\xfe\xff")
_MOST_DIGITS = 15
_PART = 64 * 1024


class Unreadable(Exception):
    """The file is not a table we can read; the message says why and what to do."""


@dataclass
class Line:
    """One row of the sheet with its number in Excel; `problems` names cells by column index."""

    number: int
    texts: list[str]
    problems: dict[int, str] = field(default_factory=dict)


def read(data: bytes) -> list[Line]:
    """Give the rows of the first sheet that hold anything, the head first. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(_("The file is larger than 2 MB."))
    if data.startswith(_OLE):
        raise Unreadable(
            _("This is an old .xls or an encrypted file: save it as .xlsx without a password.")
        )
    if not data.startswith(_ZIP):
        raise Unreadable(_("This is not an .xlsx workbook."))
    try:
        return _opened(data)
    except Unreadable:
        raise
    except Exception as error:
        # A crafted file makes the libraries fail in a dozen ways; to people all mean the same.
        raise Unreadable(
            _("The file is damaged: open it in Excel and save it as .xlsx again.")
        ) from error


def _opened(data: bytes) -> list[Line]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        _check_archive(archive)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says about its own size is not believed
        return list(_lines(sheet))


def _check_archive(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Unreadable(_("This is not an .xlsx workbook."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable(_("The workbook holds macros: save it as .xlsx without them."))
    if len(entries) > MAX_ENTRIES or len(names) != len(entries):
        raise Unreadable(_("The workbook has too many parts."))
    left = MAX_UNPACKED
    for entry in entries:
        left = _measure(archive, entry, left)


def _measure(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int:
    """Give what is left of the limit after unpacking an entry; no declared size is believed."""
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(_PART):
            left -= len(chunk)
            if left < 0:
                raise Unreadable(_("The workbook unpacks to more than 20 MB."))
            if not tail and chunk.startswith(_UTF16):  # it would hide what is looked for below
                raise Unreadable(_("This is not an .xlsx workbook."))
            if b"<!DOCTYPE" in tail + chunk:
                raise Unreadable(_("This is not an .xlsx workbook."))
            tail = chunk[-16:]
    return left


def _lines(sheet: Any) -> Iterator[Line]:
    read = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
        if number > LAST_ROW:
            raise Unreadable(
                _("The sheet goes beyond row 20,000: delete the empty rows below your data.")
            )
        pairs = [_text(cell) for cell in cells]
        problems = {index: problem for index, (_value, problem) in enumerate(pairs) if problem}
        texts = [text for text, _problem in pairs]
        used = max((at for at, text in enumerate(texts) if text or at in problems), default=-1) + 1
        if not used:
            continue
        if any(texts[MAX_COLUMNS:]):
            raise Unreadable(_("The sheet has more than 50 columns."))
        read += 1
        if read > MAX_ROWS + 1:
            raise Unreadable(_("The sheet has more than 5,000 rows."))
        yield Line(number, texts[:used], problems)


def _text(cell: Cell) -> tuple[str, str]:
    """Give the text of a cell and what is wrong with it."""
    value, kind = cell.value, cell.data_type
    if value is None:
        return "", ""
    if kind == "f":
        return str(value)[:MAX_TEXT], _("This is a formula; paste its value instead.")
    if kind == "e":
        return str(value)[:MAX_TEXT], _("This is an error of Excel.")
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), ""
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return str(value), _("This is a date; format the cell as text.")
    if isinstance(value, int | float):
        return _number(value)
    text = str(value).strip()
    if len(text) > MAX_TEXT:
        return text[:MAX_TEXT], _("The text is longer than 500 characters.")
    return text, ""


def _number(value: float) -> tuple[str, str]:
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**_MOST_DIGITS:
        value = int(value)
    text = str(value)
    if len(text.lstrip("-")) > _MOST_DIGITS or "e" in text or "n" in text:
        return text[:MAX_TEXT], _("Excel has rounded this number; format the cell as text.")
    return text, ""
