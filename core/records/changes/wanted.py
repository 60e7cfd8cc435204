"""What a change request asks for, in plain values: fields and rows as they were, as they shall be.

Pure: it compares and keeps; nothing here reads tables or writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from typing import Any

from core.aggregate import NEW, RowInput, is_blank
from core.records import plain
from core.records.kind import Kind
from core.records.part import Part
from core.records.plain import Target, Values
from core.said import said as _

ADD, MOD, DEL = "add", "mod", "del"

Targets = Mapping[str, Target]


@dataclass(frozen=True)
class FieldWish:
    """A field of the header: what stood there when it was asked for, and what shall."""

    name: str
    old: Any
    new: Any

    @property
    def kept(self) -> dict[str, Any]:
        """What is asked for, as JSON can hold it."""
        return {"name": self.name, "new": self.new}


@dataclass(frozen=True)
class RowWish:
    """A row of a part that shall come, change or go (`op`).

    `old` is the row as it was; `new` what shall stand in it, of a changed row only what differs.
    """

    part: str
    op: str
    pk: int | None
    old: Values
    new: Values

    @property
    def kept(self) -> dict[str, Any]:
        """What is asked for, as JSON can hold it; of a new row what says something."""
        new = {name: value for name, value in self.new.items()
               if self.op != ADD or not (is_blank(value) or value is False)}  # fmt: skip
        return {"op": self.op, "pk": self.pk, "new": new}


@dataclass(frozen=True)
class Wanted:
    """All that one request asks for."""

    fields: tuple[FieldWish, ...] = ()
    rows: tuple[RowWish, ...] = ()

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Wanted:
        """Give what is kept in a request."""
        return cls(
            tuple(FieldWish(**one) for one in stored.get("fields", ())),
            tuple(RowWish(**one) for one in stored.get("rows", ())),
        )

    def kept(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return {name: list(map(asdict, getattr(self, name))) for name in ("fields", "rows")}

    def __add__(self, other: Wanted) -> Wanted:
        """Give both as one."""
        return Wanted(self.fields + other.fields, self.rows + other.rows)

    def __bool__(self) -> bool:
        return bool(self.fields or self.rows)

    @cached_property
    def places(self) -> frozenset[str]:
        """The fields and rows it is about; a new row has no place yet."""
        rows = (place(one.part, one.pk) for one in self.rows if one.pk is not None)
        return frozenset((*(one.name for one in self.fields), *rows))

    @cached_property
    def row_places(self) -> tuple[str, ...]:
        """The places of its rows in their order; the new ones of a part are counted."""
        new: Counter[str] = Counter()
        found = []
        for one in self.rows:
            new[one.part] += one.pk is None
            key = f"{NEW}{new[one.part]}" if one.pk is None else one.pk
            found.append(place(one.part, key))
        return tuple(found)

    def at(self, where: str) -> list[dict[str, Any]]:
        """Give what it asks for at a place, as JSON can hold it; at a part that of all rows."""
        rows = zip(self.row_places, self.rows, strict=True)
        return [
            *(one.kept for one in self.fields if one.name == where),
            *(one.kept for own, one in rows if where in (own, one.part)),
        ]

    @property
    def area(self) -> str:
        """The part whose rows it is about, "" for fields of the header alone."""
        return next((one.part for one in self.rows), "")

    @property
    def size(self) -> int:
        """How many fields and rows it is about."""
        return len(self.fields) + len(self.rows)


def place(part: str, key: int | str) -> str:
    """Give the name of a row among all that requests are about."""
    return f"{part}-{key}"


@cache
def header(kind: Kind) -> Targets:
    """Give what values of the header are given for by name, with what goes beside other fields."""
    beside = (plain.target_of(kind.catalog.field(name)) for name in kind.rules.beside)
    own = (one for one in plain.targets_of("", kind.catalog) if one.kind != plain.TAGS)
    return {one.name: one for one in (*own, *beside)}


@cache
def columns(part: Part) -> Targets:
    """Give what values of the rows of a part are given for by name."""
    return {one.name: one for one in plain.targets_of("", part.catalog)}


def plain_of(known: Targets, values: Mapping[str, Any]) -> Values:
    """Give values of the model in their plain form."""
    return {name: plain.of(known[name], value) for name, value in values.items() if name in known}


def row_of(known: Targets, row: Any) -> Values:
    """Give a stored row, or root, in its plain form; of references only the keys are read."""
    return {
        name: plain.of(target, getattr(row, target.field.attname)) for name, target in known.items()
    }


def of_fields(kind: Kind, stored: Any, values: Mapping[str, Any]) -> tuple[FieldWish, ...]:
    """Give what differs from the stored header."""
    after = plain_of(header(kind), values)
    before = row_of({name: header(kind)[name] for name in after}, stored)
    return tuple(
        FieldWish(name, before[name], new) for name, new in after.items() if before[name] != new
    )


def of_rows(part: Part, stored: Iterable[Any], wanted: Sequence[RowInput]) -> tuple[RowWish, ...]:
    """Give what differs from the stored rows of a part when its whole list shall be another."""
    before = {row.pk: row_of(columns(part), row) for row in stored}
    kept = {row.pk for row in wanted}
    gone = [RowWish(part.name, DEL, pk, old, {}) for pk, old in before.items() if pk not in kept]
    others = []
    for row in wanted:
        new = plain_of(columns(part), row.values)
        if row.pk is None:
            others.append(RowWish(part.name, ADD, None, {}, new))
            continue
        old = before[row.pk]
        moved = {name: value for name, value in new.items() if old[name] != value}
        if moved:
            others.append(RowWish(part.name, MOD, row.pk, old, moved))
    return (*gone, *others)


def in_another(kind: Kind, wanted: Wanted, others: Iterable[Any]) -> dict[str, str]:
    """Say by field or part what of this stands in one of these open requests already."""
    told = _("This stands in the open change request %(code)s already.")
    found: dict[str, str] = {}
    for other in others:
        sentence = told % {"code": other.code}
        for name in sorted(wanted.places & other.asks.places):
            found[name.partition("-")[0]] = sentence
        for part in kind.parts:
            own, rival = (_added(part.name, one) for one in (wanted, other.asks))
            if any(same.fits(new, old) for same in part.same_by for new in own for old in rival):
                found[part.name] = sentence
    return found


def _added(part: str, wanted: Wanted) -> list[Mapping[str, Any]]:
    return [one.new for one in wanted.rows if one.part == part and one.op == ADD]


def not_theirs(kind: Kind, record: Any, asks: Wanted, user: Any) -> Wanted:
    """Give of what is asked for that which this person may not ask for: others do."""
    by_name, beside = kind.catalog.by_name, kind.rules.beside
    heads = {part.name: part.catalog.by_name[part.head] for part in kind.parts}
    return Wanted(
        tuple(
            one
            for one in asks.fields
            if kind.may(by_name[beside.get(one.name, one.name)], user, record)
        ),
        tuple(one for one in asks.rows if kind.may(heads[one.part], user, record)),
    )
