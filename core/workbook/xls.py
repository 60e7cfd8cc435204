"""A workbook in the old .xls form, read by calamine; with a password or inside out it is refused.

Calamine gives errors of Excel as if nothing stood there; xls_records says where they are.

Runs in the child, where a crash of the library is only one more sentence.
"""

from __future__ import annotations

import datetime
import importlib
import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from core.workbook import xls_records
from core.workbook.blocks import Blocks, Emit
from core.workbook.cells import Bad, Cell, is_blank, letters
from core.workbook.formats import Shape, day
from core.workbook.strings import LONGEST
from core.workbook.xls_records import Told

_STATES = {"Visible": "visible", "Hidden": "hidden", "VeryHidden": "veryHidden"}
_ENCRYPTED = ["EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le")]
_STREAMS = ["Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")]
_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_ZERO = datetime.time()
_DAY = datetime.timedelta(days=1)
_EXACT = 2**53  # up to here a number of Excel has every digit


def read(file: IO[bytes], limits: dict[str, int], emit: Emit, tick: Callable[[], None]) -> None:
    """Emit the sheets and rows of an old workbook. Raises Bad."""
    file.seek(0)
    data = file.read()
    if any(mark in data for mark in _ENCRYPTED):
        raise Bad("password")
    if not any(mark in data for mark in _STREAMS):
        raise Bad("no-workbook")
    if _MACROS in data:
        raise Bad("macros")
    stream = xls_records.stream(data)
    if xls_records.version(stream) != xls_records.EXCEL_97:
        raise Bad("xls-old")
    data, is_1904 = xls_records.corrected(data, stream), xls_records.from_1904(stream)
    calamine = importlib.import_module("python_calamine")
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.CalamineError as error:
        raise Bad("password" if "assword" in str(error) else "damaged") from error
    if len(book.sheets_metadata) > limits["sheets"]:
        raise Bad("sheets", most=limits["sheets"])
    del data
    told = xls_records.sheets(stream, len(book.sheets_metadata), tick)
    del stream
    emit(("kind", "xls"))
    at = 0
    for sheet, own in zip(book.sheets_metadata, told, strict=True):
        if str(sheet.typ).rpartition(".")[2] != "WorkSheet":
            continue
        state = _STATES.get(str(sheet.visible).rpartition(".")[2], "visible")
        emit(("sheet", sheet.name[:100], state, at))
        rows = _rows(book.get_sheet_by_name(sheet.name), own, is_1904)
        _sheet(rows, (at, sheet.name[:100]), own, limits, emit)
        tick()
        at += 1
    if not at:
        raise Bad("no-sheets")


def _rows(sheet: Any, told: Told, is_1904: bool) -> Iterator[list[Cell]]:
    """Give the rows from the first of the sheet on, each up to its last cell with something.

    Errors are put in, and what people see of numbers: days of eras, zeros that a format adds.
    """
    before = [""] * (sheet.start[1] if sheet.start else 0)  # calamine begins at the first used one
    for number, values in enumerate(sheet.iter_rows()):
        row = [*before, *map(_cell, values)]
        for column, name in told.errors.get(number, {}).items():
            if column < len(row):
                row[column] = ("e", name)
        for column, look in told.looks.get(number, {}).items():
            cell = row[column] if column < len(row) else ""
            if type(cell) is tuple and cell[0] == "n":
                if isinstance(look, Shape):
                    row[column] = look.shown(cell[1]) or cell
                elif found := look and day(cell[1], is_1904):
                    row[column] = ("d", found)
        while row and not row[-1]:
            row.pop()
        yield row


def _sheet(
    found: Iterable[list[Cell]], place: tuple[int, str], told: Told, limits: dict[str, int],
    emit: Emit,
) -> None:  # fmt: skip
    at, name = place
    blocks = Blocks(at, name, limits, emit, sorts=False)
    for number, row in enumerate(found, start=1):
        if len(row) > limits["columns"] and not is_blank(row):
            cell = f"{letters(len(row) - 1)}{number}"
            raise Bad("columns", sheet=name, cell=cell, most=limits["columns"])
        blocks.add(number, row, number in told.rows, 0)
    told.tell(blocks.notes)
    blocks.close()
    emit(("note", at, "", "xls", ""))


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, bool):
        return ("b", "TRUE" if value else "FALSE")
    if isinstance(value, float | int):
        return _number(value)
    if isinstance(value, datetime.datetime):
        day = value.date().isoformat()
        return ("d", day if value.time() == _ZERO else f"{day} {value:%H:%M:%S}")
    if isinstance(value, datetime.date):
        return ("d", value.isoformat())
    if isinstance(value, datetime.time):
        value = datetime.datetime.combine(datetime.date.min, value) - datetime.datetime.min
    if isinstance(value, datetime.timedelta):
        return _number(value / _DAY)  # no day: the number that it is, as in an .xlsx
    return str(value)


def _number(value: float) -> Cell:
    is_whole = abs(value) <= _EXACT and value == int(value)
    return ("n", str(int(value)) if is_whole else repr(value).upper())
