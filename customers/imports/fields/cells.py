"""Takes a cell of a workbook apart: the text that a column of some kind may read, or why not.

Pure; nothing is rounded or guessed, since a digit lost here is never found again.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from core.records import plain
from core.records.plain import Target
from core.said import said as _
from core.text import fold_width
from core.workbook.cells import Cell
from customers.imports.fields import issues

MOST_DIGITS = 15
MOST_VALUE = 500
_EXPONENT = re.compile(r"[+-]?\d+(?:\.\d+)?E\+?\d+", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:E[+-]?\d+)?", re.IGNORECASE | re.ASCII)
# Browsers in China write midnight 43 seconds late: by the sun over Shanghai, as before 1901.
_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]00:00:(?:00|43)(?:\.0+)?Z?)?", re.ASCII)
_AMOUNT_LIMIT = Decimal(10) ** MOST_DIGITS


class Wrong(NamedTuple):
    """Why a cell has no value, in the order of an Issue; `value` is what people see in it."""

    value: str
    kind: str
    reason: str
    hint: str = ""
    suggestion: str = ""


def shown(cell: Cell) -> str:
    """Give what people see in a cell, cut where nobody reads on."""
    return (cell if isinstance(cell, str) else cell[1])[:MOST_VALUE]


def is_code(target: Target) -> bool:
    """Say whether a column holds numbers that are names: codes, phones, accounts, postcodes."""
    if target.kind == plain.KEY:
        return True
    return target.kind == plain.TEXT and bool(getattr(target.field, "fold", False))


def readable(target: Target, cell: Cell) -> str | Wrong:
    """Give the text that the column may read, or what is wrong with the cell."""
    if isinstance(cell, str):
        return _text(target, cell)
    kind, text = cell
    if kind == "e":
        reason = _("The cell holds %(value)s, an error of Excel.") % {"value": text}
        hint = _("Mend the formula or type the value.")
        return Wrong(text, issues.ERROR_CELL, reason, hint)
    if kind == "f":
        reason = _("The cell holds a formula that was never calculated.")
        hint = _("Open the file in Excel and save it, or paste the value instead.")
        return Wrong(text, issues.FORMULA, reason, hint)
    if kind == "b":
        return _boolean(target, text)
    return _date(target, text) if kind == "d" else _number(target, text)


def _text(target: Target, text: str) -> str | Wrong:
    if text.isdecimal() and text.isascii():
        return text
    if is_code(target) and _EXPONENT.fullmatch(fold_width(text).strip()):
        return _rounded(text)
    return text


def _boolean(target: Target, text: str) -> str | Wrong:
    if target.kind == plain.FLAG:
        return text
    reason = _("The cell holds the logical value %(value)s.") % {"value": text}
    return Wrong(text, issues.BOOLEAN, reason, _("Format the cell as text and type the value."))


def _date(target: Target, text: str) -> str | Wrong:
    if target.kind != plain.DATE:
        hint = _("Format the cell as text and type the value again.")
        return Wrong(text, issues.DATE, _("Excel has made a date of this cell."), hint)
    found = _MIDNIGHT.fullmatch(text)
    if found is None:
        reason = _("The cell holds a time of day; a date is expected.")
        return Wrong(text, issues.DATE, reason, _("Give a date such as 2024-05-01."))
    return found[1]


def _number(target: Target, text: str) -> str | Wrong:
    if not _NUMBER.fullmatch(text):
        return _rounded(text)
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        return _rounded(text)
    if target.kind == plain.DECIMAL:
        return _amount(text, number)
    if target.kind == plain.DATE and not re.fullmatch(r"(?:19|20)\d{6}", text, re.ASCII):
        hint = _("Format the cell as a date, or type it as 2024-05-01.")
        return Wrong(text, issues.DATE, _("The cell holds a number; a date is expected."), hint)
    return _digits(target, text, number)


def _amount(text: str, number: Decimal) -> str | Wrong:
    """Excel keeps 15 digits of a number: what stands behind them is noise of the binary form."""
    if abs(number) >= _AMOUNT_LIMIT:
        return _rounded(text)
    kept = Decimal(f"{number:.{MOST_DIGITS - 1}e}")
    return f"{kept.normalize():f}"


def _digits(target: Target, text: str, number: Decimal) -> str | Wrong:
    if abs(number) >= _AMOUNT_LIMIT:
        return _rounded(text)
    if number == number.to_integral_value():
        return f"{number:.0f}"
    if len(number.as_tuple().digits) > MOST_DIGITS or "e" in text.casefold():
        return _rounded(text)
    if is_code(target):
        hint = _("Format the cell as text and type the value again.")
        return Wrong(text, issues.NUMBER, _("The cell holds a number with decimal places."), hint)
    return text


def _rounded(text: str) -> Wrong:
    reason = _("Excel keeps 15 digits of a number, so digits of this one are lost.")
    hint = _("Format the cell as text and type or paste all digits again.")
    return Wrong(text[:MOST_VALUE], issues.ROUNDED, reason, hint)
