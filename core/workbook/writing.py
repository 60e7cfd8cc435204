"""Writes a table of texts as .xlsx; a text is never a formula, whatever it begins with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_TEXT = "@"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_HEAD_FONT = Font(bold=True)
_HEAD_FILL = PatternFill("solid", fgColor="EFF1F4")
_NARROW, _WIDE = 10, 48


def write(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Give the bytes of a workbook with one sheet of text cells under a frozen head."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    lines = [list(row) for row in rows]
    sheet.freeze_panes = "A2"
    for index, header in enumerate(headers):
        longest = max([_width(header), *(_width(line[index]) for line in lines[:200])])
        letter = get_column_letter(index + 1)
        sheet.column_dimensions[letter].width = min(max(longest + 2, _NARROW), _WIDE)
    sheet.append([_head(sheet, header) for header in headers])
    for line in lines:
        sheet.append([text_cell(sheet, value) for value in line])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def text_cell(sheet: object, value: str) -> WriteOnlyCell:
    """Give a cell typed as text; Excel shows a leading = + - @ as it stands and runs nothing."""
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    cell.number_format = _TEXT
    if value.startswith(_DANGEROUS):
        cell.quotePrefix = True
    return cell


def _head(sheet: object, value: str) -> WriteOnlyCell:
    cell = text_cell(sheet, value)
    cell.font, cell.fill = _HEAD_FONT, _HEAD_FILL
    return cell


def _width(text: str) -> int:
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
