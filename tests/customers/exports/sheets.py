"""Reads files that left, for tests: as workbooks, as XML, as CSV. Asserts nothing."""

import csv
import re
import zipfile
from io import BytesIO, StringIO

from openpyxl import load_workbook

FORMULA = re.compile(rb"<f[ />]")


def joined(parts):
    """Give the bytes of a file that was made part by part."""
    return b"".join(data for _rows, data in parts)


def body(response):
    """Give the bytes of a streamed answer."""
    return b"".join(response.streaming_content)


def book(data):
    """Give the workbook as openpyxl reads it."""
    return load_workbook(BytesIO(data))


def table(data, name=None):
    """Give the values of a sheet, the first unless named, row by row."""
    opened = book(data)
    sheet = opened[name] if name else opened.worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def formulas(data):
    """Name the sheets of a workbook that hold a formula."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return [name for name in sheets if FORMULA.search(archive.read(name))]


def csv_rows(data):
    """Give the rows of a CSV."""
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))
