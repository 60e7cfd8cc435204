"""A change request as it is read: old and new in words, secrets by right, what moved meanwhile.

It makes no markup and writes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.aggregate import is_blank
from core.forms.catalog import in_words
from core.records import plain, secrets, sections
from core.records.changes import applying
from core.records.changes.applying import Conflict, Instances, fill
from core.records.changes.wanted import DEL, MOD, FieldWish, RowWish, Wanted, columns, header
from core.records.kind import Kind
from core.records.part import Part
from core.records.sections import Section, Value


@dataclass(frozen=True)
class Field:
    """A field of the header: what stood there, what shall; `now` is what somebody else wrote."""

    old: Value
    new: Value
    now: Value | None
    unit: Any = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a row; `new` is what shall stand there and `now` what somebody else wrote."""

    head: str
    text: str
    style: str = ""
    new: str | None = None
    now: str | None = None


@dataclass(frozen=True)
class Row:
    """A row that shall come, change or go (`op`); `is_moved` when somebody else did that."""

    op: str
    place: str
    cells: list[Cell]
    is_moved: bool


@dataclass(frozen=True)
class Table:
    """What shall become of the rows of the part of this name; heads are cells without a text.

    A row is called by `title` and what stands in its first cell.
    """

    name: str
    title: Any
    label: Any
    heads: list[Cell]
    rows: list[Row]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows come, change and go, by `op`."""
        return Counter(one.op for one in self.rows)


@dataclass(frozen=True)
class Diff:
    """All that a request asks for; `rest` are the sections of its record that stay as they are."""

    fields: list[Field]
    tables: list[Table]
    rest: list[Section]

    @property
    def size(self) -> int:
        """How many fields and rows it is about."""
        return len(self.fields) + sum(len(one.rows) for one in self.tables)

    @property
    def places(self) -> list[tuple[str, dict[str, str]]]:
        """The names of its places (core.records.places), under those of what they are in."""
        fields = {one.old.name: one.old.label for one in self.fields}
        tables = (
            {one.name: str(one.label)}
            | {row.place: f"{one.title} {row.cells[0].text}" for row in one.rows}
            for one in self.tables
        )
        found = [
            (_("Fields"), fields),
            *zip([str(t.label) for t in self.tables], tables, strict=True),
        ]
        return [(label, names) for label, names in found if names]

    @property
    def unchanged(self) -> int:
        """How many fields stay as they are."""
        return sum(len(one.values) for one in self.rest)


def of(kind: Kind, request: Any, record: Any, user: Any) -> Diff:
    """Give what a request asks for of its record, which is loaded with its parts, in words.

    What takes no effect any more is told without what somebody else made of the record since.
    """
    wanted = request.asks
    found = applying.instances_of(kind, [request], with_old=True)
    known: Instances = defaultdict(lambda: None, found)  # what is gone since has no words
    moved = applying.conflicts(kind, record, wanted) if request.closed_at is None else []
    placed = list(zip(wanted.row_places, wanted.rows, strict=True))
    tables = [
        _table(part, rows, record, user, known, moved)
        for part in kind.parts
        if (rows := {place: one for place, one in placed if one.part == part.name})
    ]
    fields = _fields(kind, wanted, record, user, known, moved)
    return Diff(fields, tables, _rest(kind, wanted, record, user))


def _fields(
    kind: Kind, wanted: Wanted, record: Any, user: Any, known: Instances, moved: Iterable[Conflict]
) -> list[Field]:
    before, after = kind.model(), kind.model()
    fill(header(kind), before, {one.name: one.old for one in wanted.fields}, known)
    fill(header(kind), after, {one.name: one.new for one in wanted.fields}, known)
    wrong = {one.wish.name for one in moved if isinstance(one.wish, FieldWish)}
    order = {row.name: place for place, row in enumerate(kind.catalog)}
    names = sorted((one.name for one in wanted.fields), key=lambda name: order.get(name, -1))
    return [
        Field(
            _value(kind, name, before, user),
            _value(kind, name, after, user),
            _value(kind, name, record, user) if name in wrong else None,
            _unit(kind, name),
        )
        for name in names
    ]


def _value(kind: Kind, name: str, record: Any, user: Any) -> Value:
    row = kind.catalog.by_name.get(name)
    if row:
        return sections.value_of(kind, row, record, user)
    field = kind.catalog.field(name)  # it goes beside another one
    label = capfirst(str(field.verbose_name))
    return Value(name, label, "text", in_words(field, getattr(record, name)))


def _unit(kind: Kind, name: str) -> Any:
    """Give what an amount counts; other numbers say it themselves."""
    row = kind.catalog.by_name.get(name)
    target = header(kind)[name]
    return row.unit if row and target.kind == plain.DECIMAL else ""


def _table(
    part: Part,
    wishes: Mapping[str, RowWish],
    record: Any,
    user: Any,
    known: Instances,
    moved: Iterable[Conflict],
) -> Table:
    shown = _shown(part, wishes.values())
    covers = secrets.covers(part, record, user)
    stored = {row.pk: row for row in getattr(record, part.name).all()}
    heads = [Cell(sections.head(part, row), "", row.style) for row in shown]

    def row_of(place: str, wish: RowWish) -> Row:
        conflict = next((one for one in moved if one.wish is wish), None)
        before, after = part.model(), part.model()
        fill(columns(part), before, wish.old, known)
        fill(columns(part), after, {**wish.old, **wish.new}, known)
        first = before if wish.op in (DEL, MOD) else after
        now = stored.get(wish.pk) if conflict else None
        cells = []
        for row, top in zip(shown, heads, strict=True):
            told = [sections.text(part, row, one, covers) for one in (first, after)]
            new = told[1] if wish.op == MOD and row.name in wish.new else None
            is_other = conflict is not None and row.name in conflict.columns
            meanwhile = sections.text(part, row, now, covers) if is_other else None
            cells.append(Cell(top.head, told[0], row.style, new, meanwhile))
        return Row(wish.op, place, cells, conflict is not None)

    return Table(part.name, part.title, part.label, heads, [row_of(*one) for one in wishes.items()])


def _shown(part: Part, wishes: Iterable[RowWish]) -> list[Any]:
    """Give the columns of a part that pages show, its flags, and whatever else is asked for."""
    asked = {name for one in wishes for name, value in one.new.items() if _says(one, name, value)}
    pages = part.shown or [row.name for row in part.columns]
    return [row for row in part.catalog if row.name in {*pages, *part.flags, *asked}]


def _says(wish: RowWish, name: str, value: Any) -> bool:
    return wish.op == MOD or not (is_blank(value) or value is False)


def _rest(kind: Kind, wanted: Wanted, record: Any, user: Any) -> list[Section]:
    """Give what stays as it is, and the parts as they are now."""
    names = {one.name for one in wanted.fields}
    own = {one.name for one in kind.catalog.sections if not one.is_system}
    found = [one for one in sections.of(kind, record, user).values() if one.name in own]
    kept = [
        replace(one, values=tuple(value for value in one.values if value.name not in names))
        for one in found
    ]
    return [one for one in kept if one.values or (one.table and one.table.lines)]
