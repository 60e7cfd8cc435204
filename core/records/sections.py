"""A record as it is read: its fields by section, with values in words and secrets by right.

One source for every page that shows one; it makes no markup and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import extend
from core.access import is_visible, mask
from core.catalog import Row
from core.catalog import Section as CatalogSection
from core.fields import Money
from core.forms.catalog import in_words
from core.records.kind import Kind
from core.records.part import Part
from core.records.secrets import covers


@dataclass(frozen=True)
class Cell:
    """One value in words under the head of its column, and the style of its field."""

    head: str
    text: str
    style: str = ""


@dataclass(frozen=True)
class Line:
    """A row: its cells by field, its marks (label, tone), and the long text beside its title."""

    row: Any
    cells: dict[str, Cell]
    marks: tuple[tuple[str, str], ...]
    note: str

    @property
    def title(self) -> str:
        """What stands in its first cell."""
        return next(iter(self.cells.values())).text


@dataclass(frozen=True)
class Table:
    """The rows of the part of this name, under the label of its section; heads have no text."""

    name: str
    label: Any
    heads: list[Cell]
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
    heads = [Cell(head(part, row), "", row.style) for row in columns]
    notes -= set(names)
    headed = list(zip(columns, heads, strict=True))
    lines = [_line(part, one, headed, notes, covers, unnamed) for one in rows]
    return Table(part.name, part.label, heads, lines)


def _line(
    part: Part,
    one: Any,
    headed: list[tuple[Row, Cell]],
    notes: set[str],
    covers: bool,
    unnamed: str,
) -> Line:
    texts = {
        row.name: Cell(top.head, text(part, row, one, covers), row.style) for row, top in headed
    }
    first = next(iter(texts))
    if not texts[first].text:
        texts[first] = Cell(texts[first].head, unnamed)
    marks = tuple(
        (head(part, part.catalog.by_name[flag]), "info" if flag in part.always else "")
        for flag in part.flags
        if getattr(one, flag)
    )
    return Line(one, texts, marks, " ".join(filter(None, (getattr(one, n) for n in notes))))


def text(part: Part, row: Row, one: Any, covers: bool) -> str:
    """Give what stands in a column of a row in words; masked if it is covered from this person."""
    value = getattr(one, row.name)
    if covers and row.name == part.covered:
        return mask(value)
    shown = getattr(one, f"get_{row.name}_display", None)
    return str(shown()) if shown else in_words(_field(part, row), value)


def _field(part: Part, row: Row) -> Any:
    return part.catalog.field(row.name)


def head(part: Part, row: Row) -> str:
    """Give the head of a column."""
    return str(capfirst(str(part.catalog.label(row.name))))


SHOWN_ELSEWHERE = frozenset({"state"})


@dataclass(frozen=True)
class Value:
    """One field: its label and its value; `kind` says how to print it.

    Kinds: text, code, money, date, moment, person, tags (a list of marks), record (another one,
    with its address). `asked` is the value that an open change request asks for, with its number
    and address.
    """

    name: str
    label: str
    kind: str
    value: Any
    is_wide: bool = False
    url: str = ""
    asked: tuple[Value, str, str] | None = None


@dataclass(frozen=True)
class Section:
    """One section in the catalog's order: its fields that say something, or a part as a table.

    `tab` is the section on whose tab it stands.
    """

    name: str
    label: Any
    tab: str
    values: tuple[Value, ...] = ()
    table: Table | None = None


def of(kind: Kind, record: Any, user: Any) -> dict[str, Section]:
    """Give the sections of a loaded record by name; empty fields of the system are left out."""
    return {one.name: _section(kind, one, record, user) for one in kind.catalog.sections}


def _section(kind: Kind, section: CatalogSection, record: Any, user: Any) -> Section:
    begun = partial(Section, section.name, section.label, section.tab or section.name)
    if part := kind.part_of_section(section.name):
        is_covered = covers(part, record, user)
        rows = getattr(record, part.name).all()
        return begun(table=table(part, rows, covers=is_covered, unnamed=str(record)))
    rows = [row for row in kind.catalog.in_section(section.name) if row.name not in SHOWN_ELSEWHERE]
    values = tuple(value_of(kind, row, record, user) for row in rows)
    if section.is_system:
        values = tuple(value for value in values if value.value not in (None, ""))
    return begun(values)


def value_of(kind: Kind, row: Row, record: Any, user: Any) -> Value:
    """Give what stands in a field of a record."""
    field = kind.catalog.field(row.name)
    label = capfirst(str(field.verbose_name))
    how, value, url = _shown(kind, field, row, record, user)
    return Value(row.name, label, how, value, row.width > 2, url)


def _shown(kind: Kind, field: Any, row: Row, record: Any, user: Any) -> tuple[str, Any, str]:
    value = getattr(record, row.name)
    if field.many_to_many:
        return "tags", list(value.all()), ""
    if isinstance(field, models.ForeignKey):
        return _pointed(value, user)
    if isinstance(field, models.BooleanField):
        return "text", _("Yes") if value else _("No"), ""
    if isinstance(field, models.DateTimeField):
        return "moment", value, ""
    if isinstance(field, models.DateField):
        return "date", value, ""
    if isinstance(field, Money):
        return "money", value, ""
    if row.unit and value is not None:
        return "text", f"{value} {row.unit}", ""
    if field.choices:
        return "text", getattr(record, f"get_{row.name}_display")(), ""
    return "code" if row.style == "code" else "text", "" if value is None else str(value), ""


def _pointed(value: Any, user: Any) -> tuple[str, Any, str]:
    """Give what a record points to: another record by right, with its address."""
    there = extend.kind_of(type(value)) if value else None
    if there is None:
        return "text", str(value) if value else "", ""
    if not is_visible(value, user):
        return "text", value.masked, ""
    return "record", str(value), there.url("detail", value.pk)
