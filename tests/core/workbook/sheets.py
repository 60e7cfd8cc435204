"""Makes workbooks for tests: good ones with openpyxl, bad ones by hand. Asserts nothing."""

import zipfile
from io import BytesIO

from openpyxl import Workbook


def workbook(*rows, formats=None):
    """Give the bytes of an .xlsx with these rows; `formats` maps a cell (A1) to a number format."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def sheets(*given):
    """Give the bytes of an .xlsx of these sheets, each (state, rows)."""
    book = Workbook()
    book.remove(book.active)
    for state, rows in given:
        sheet = book.create_sheet()
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(data, **parts):
    """Give a workbook with parts replaced or added; in their names __ stands for /."""
    replaced = {name.replace("__", "/"): content for name, content in parts.items()}
    file = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name not in replaced:
                target.writestr(name, source.read(name))
        for name, content in replaced.items():
            target.writestr(name, content)
    return file.getvalue()


def part(data, name):
    """Give the bytes of one part."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read(name)
