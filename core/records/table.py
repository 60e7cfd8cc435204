"""The rows of a part as they are read: heads, cells in words, flags as marks, secrets by right.

It makes no markup; the tag child_table prints it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst

from core.access import mask
from core.catalog import Row
from core.forms.catalogue import in_words
from core.records.part import Part


@dataclass(frozen=True)
class Cell:
    """One value in words under the head of its column; `is_number` when digits stand in line."""

    head: str
    text: str
    is_number: bool


@dataclass(frozen=True)
class Line:
    """A row: its cells by field, its marks (label, tone), and the long text beside its title."""

    row: Any
    cells: dict[str, Cell]
    marks: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True)
class Table:
    """The rows of one part, under the label of its section."""

    label: Any
    heads: list[str]
    lines: list[Line]


def table(part: Part, rows: Iterable[Any], *, covers: bool, unnamed: str = "") -> Table:
    """Give stored rows in words; with `covers` what not everybody sees is masked.

    A row without a title is called `unnamed`.
    """
    notes = {row.name for row in part.catalog if isinstance(_field(part, row), models.TextField)}
    names = part.shown or tuple(
        row.name for row in part.catalog if row.name not in (*part.flags, *notes)
    )
    columns = [part.catalog.by_name[name] for name in names]
    heads = [_head(part, row) for row in columns]
    notes -= set(names)
    lines = [_line(part, one, columns, notes, covers, unnamed) for one in rows]
    return Table(part.label, heads, lines)


def _line(
    part: Part, one: Any, columns: list[Row], notes: set[str], covers: bool, unnamed: str
) -> Line:
    texts = {
        row.name: Cell(_head(part, row), _text(part, row, one, covers), row.style == "code")
        for row in columns
    }
    first = columns[0].name
    if not texts[first].text:
        texts[first] = Cell(texts[first].head, unnamed, is_number=False)
    marks = tuple(
        (_head(part, part.catalog.by_name[flag]), "info" if flag in part.always else "")
        for flag in part.flags
        if getattr(one, flag)
    )
    return Line(one, texts, marks, " ".join(filter(None, (getattr(one, n) for n in notes))))


def _text(part: Part, row: Row, one: Any, covers: bool) -> str:
    value = getattr(one, row.name)
    if covers and row.name == part.covered:
        return mask(value)
    shown = getattr(one, f"get_{row.name}_display", None)
    return str(shown()) if shown else in_words(_field(part, row), value)


def _field(part: Part, row: Row) -> Any:
    return part.catalog.field(row.name)


def _head(part: Part, row: Row) -> str:
    return str(capfirst(str(part.catalog.label(row.name))))
