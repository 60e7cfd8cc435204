"""What is wrong, or worth knowing, about a cell, a row or a sheet of an import.

Data only: sentences are made where the fault is found, and know which they are (core/said.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from core.said import packed

UNKNOWN_VALUE, AMBIGUOUS, DISABLED = "unknown-value", "ambiguous-value", "disabled-value"
INVALID, TOO_LONG, CHARACTER = "invalid", "too-long", "character"
ROUNDED, ERROR_CELL, FORMULA, BOOLEAN = "rounded", "error-cell", "formula", "boolean"
CHOICE, FLAG, DATE, NUMBER = "choice", "flag", "date", "number"
MISSING, CROSS, INCOMPLETE = "missing", "cross", "incomplete"
TWICE, TAKEN, ORPHAN, CONFLICT = "duplicate-in-file", "taken", "orphan", "conflicting-row"
LOCKED, CODE, UNDECIDED, EMPTY = "locked", "code", "undecided", "empty-record"
PLACEHOLDER, LEAP = "placeholder", "leap"
SAMPLE, SHEET, HEADER, COLUMN = "sample", "sheet", "header", "column"
LEFT_OUT = "left-out"

MAPPABLE = frozenset({UNKNOWN_VALUE, AMBIGUOUS, DISABLED, CHOICE})


@dataclass(frozen=True, slots=True)
class Issue:
    """One sentence about one place; `row` 0 means the sheet, `column` "" the whole row.

    `sheet` is the index of the sheet in the file, -1 the file itself; `field` is the key of a
    target ("customers.region") or ""; `suggestion` is the key or text that would mend it.
    """

    sheet: int
    row: int
    column: str
    field: str
    value: str
    kind: str
    reason: str
    hint: str = ""
    suggestion: str = ""
    is_error: bool = True

    @property
    def cell(self) -> str:
        """Give the address people see in Excel, such as C7; "" when no cell is meant."""
        return f"{self.column}{self.row}" if self.column and self.row else ""

    @property
    def group(self) -> str:
        """Give the key under which equal issues are shown and mended together."""
        what = self.value if self.kind in MAPPABLE else packed(self.reason)
        return "|".join((self.kind, self.field, what))
