"""How the sheets of a file are understood: which is what, where rows begin, what columns mean.

Plain data that travels as JSON between the pages, the check and the write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from core.said import again, plain
from core.workbook.cells import Cell
from customers.imports.fields.issues import Issue

MAPPED, HELPER, UNKNOWN, IGNORED, TWICE = "mapped", "helper", "unknown", "ignored", "twice"
TABLE, FLAT, KINGDEE, SKIPPED = "table", "flat", "kingdee", "skipped"

# What the sheet of a text table is called, which has no name: a place has to begin with something.
TEXT_SHEET = "CSV"

# What was answered before: by fingerprint of a header set, header -> target ("" = ignore).
Remembered = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class SheetHead:
    """The beginning of a sheet: its first rows that hold anything, with Excel's own numbers."""

    index: int
    name: str
    rows: Sequence[tuple[int, Sequence[Cell]]]
    state: str = "visible"


@dataclass(frozen=True)
class Column:
    """What a column means.

    `fate`: MAPPED to `target`; HELPER gives `target` where the deciding column is empty or unknown
    (the name beside a code); UNKNOWN asks the user (`suggestion` is the likeliest target); IGNORED
    says why in `reason`; TWICE is refused, because another column has the same target.
    """

    index: int
    letter: str
    header: str
    fate: str
    target: str = ""
    reason: str = ""
    suggestion: str = ""

    @property
    def is_mark(self) -> bool:
        """Say whether it only separates the parts of a file."""
        return self.header.startswith("*Split*")


@dataclass(frozen=True)
class SheetLayout:
    """How one sheet is read; `sheet` is what its rows are about ("customers", "contacts" …).

    `shape`: TABLE, FLAT or KINGDEE (rows hold a customer and its children; a blank or repeated head
    continues the customer above), SKIPPED with the reason.
    """

    index: int
    name: str
    shape: str
    sheet: str = ""
    header_row: int = 0
    first_row: int = 0
    columns: tuple[Column, ...] = ()
    fingerprint: str = ""
    reason: str = ""

    @property
    def is_own(self) -> bool:
        """Say whether Kehu itself put the sheet into the file: its lists and its stamp."""
        return self.name.startswith("_")

    @property
    def unknown(self) -> tuple[Column, ...]:
        """Give the columns that the user has to say something about."""
        return tuple(column for column in self.columns if column.fate == UNKNOWN)

    @cached_property
    def letters(self) -> dict[str, str]:
        """Give the column letter of every target."""
        return {one.target: one.letter for one in self.columns if one.fate == MAPPED}


@dataclass(frozen=True)
class Layout:
    """How a file is understood; `issues` are about headers and sheets only."""

    sheets: tuple[SheetLayout, ...]
    issues: tuple[Issue, ...] = ()

    @property
    def needs_mapping(self) -> bool:
        """Say whether a person should look at the columns before the check."""
        return any(sheet.unknown for sheet in self.sheets)

    @property
    def has_errors(self) -> bool:
        """Say whether the file cannot be checked as it is."""
        return any(issue.is_error for issue in self.issues)

    @cached_property
    def by_index(self) -> dict[int, SheetLayout]:
        """Give the sheets by their index in the file."""
        return {sheet.index: sheet for sheet in self.sheets}

    @cached_property
    def given(self) -> dict[str, frozenset[str]]:
        """Give the names of the fields that the file has columns for, by sheet."""
        found: dict[str, set[str]] = {}
        for sheet in self.sheets:
            for column in sheet.columns:
                if column.fate == MAPPED:
                    kind, _dot, name = column.target.partition(".")
                    found.setdefault(kind, set()).add(name)
        return {kind: frozenset(names) for kind, names in found.items()}

    def as_json(self) -> dict[str, Any]:
        """Give the layout as plain data."""
        return asdict(self, dict_factory=_plain)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Layout:
        """Make the layout again from plain data."""
        sheets = (
            SheetLayout(
                **{
                    **_said(one),
                    "columns": tuple(Column(**_said(column)) for column in one["columns"]),
                }
            )
            for one in data["sheets"]
        )
        return cls(tuple(sheets), tuple(Issue(**_said(one)) for one in data["issues"]))


def _plain(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Give a part as JSON holds it: sentences as message and arguments."""
    return {name: plain(value) if isinstance(value, str) else value for name, value in pairs}


def _said(part: Mapping[str, Any]) -> dict[str, Any]:
    """Give a part with its sentences in the language of the moment."""
    return {name: again(v) if isinstance(v, Mapping) else v for name, v in part.items()}
