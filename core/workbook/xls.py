"""A workbook in the old .xls form, read by calamine; with a password or inside out it is refused.

Runs in the child, where a crash of the library is only one more sentence.
"""

from __future__ import annotations

import datetime
import importlib
import io
from collections.abc import Callable
from typing import IO, Any

from core.workbook.bad import Bad
from core.workbook.cells import Cell, letters
from core.workbook.strings import LONGEST

_STATES = {"Visible": "visible", "Hidden": "hidden", "VeryHidden": "veryHidden"}
_ENCRYPTED = ["EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le")]
_STREAMS = ["Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")]
_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_ROWS_A_BLOCK = 1_000
_ZERO = datetime.time()

Emit = Callable[[tuple[Any, ...]], None]


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
    calamine = importlib.import_module("python_calamine")
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.CalamineError as error:
        raise Bad("password" if "assword" in str(error) else "damaged") from error
    del data
    if len(book.sheets_metadata) > limits["sheets"]:
        raise Bad("sheets", most=limits["sheets"])
    emit(("kind", "xls"))
    at = 0
    for sheet in book.sheets_metadata:
        if str(sheet.typ).rpartition(".")[2] != "WorkSheet":
            continue
        state = _STATES.get(str(sheet.visible).rpartition(".")[2], "visible")
        emit(("sheet", sheet.name[:100], state, at))
        _sheet(book.get_sheet_by_name(sheet.name), (at, sheet.name[:100]), limits, emit)
        tick()
        at += 1
    if not at:
        raise Bad("no-sheets")


def _sheet(sheet: Any, place: tuple[int, str], limits: dict[str, int], emit: Emit) -> None:
    at, name = place
    numbers: list[int] = []
    rows: list[list[Cell]] = []
    taken = 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        row = [_cell(value) for value in values]
        while row and not row[-1]:
            row.pop()
        if not row:
            continue
        taken += 1
        _check(row, number, taken, name, limits)
        numbers.append(number)
        rows.append(row)
        if len(rows) >= _ROWS_A_BLOCK:
            emit(("block", at, numbers[0], numbers, rows, []))
            numbers, rows = [], []
    if rows:
        emit(("block", at, numbers[0], numbers, rows, []))
    emit(("note", at, "", "xls", ""))


def _check(row: list[Cell], number: int, taken: int, name: str, limits: dict[str, int]) -> None:
    if len(row) > limits["columns"]:
        cell = f"{letters(len(row) - 1)}{number}"
        raise Bad("columns", sheet=name, cell=cell, most=limits["columns"])
    if taken > limits["rows"]:
        raise Bad("rows", sheet=name, most=limits["rows"])
    if number > limits["last_row"]:
        raise Bad("beyond", sheet=name, most=limits["last_row"], row=number)


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, bool):
        return ("b", "TRUE" if value else "FALSE")
    if isinstance(value, float | int):
        return ("n", str(int(value)) if value == int(value) and abs(value) < 1e15
                else repr(value).upper())  # fmt: skip
    if isinstance(value, datetime.datetime):
        day = value.date().isoformat()
        return ("d", day if value.time() == _ZERO else f"{day} {value:%H:%M:%S}")
    if isinstance(value, datetime.date):
        return ("d", value.isoformat())
    return str(value)
