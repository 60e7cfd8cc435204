"""A record as plain data that JSON can hold, and plain data as a record: for what leaves and comes.

References stand by code (a record without one by its key), marks and parts as lists: {"name": "…",
"region": "110000", "lines": [{"id": 7, …}]}. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.access import is_visible, may_see
from core.aggregate import RowInput, is_blank
from core.catalog import Catalog
from core.forms.catalog import as_typed
from core.forms.reference import References, source_of
from core.records import plain, widgets
from core.records.kind import Kind
from core.records.part import Part
from core.records.plain import Target
from core.records.record import Problem, Record
from core.said import said as _

KEY = "id"
_POINTING = (plain.REFERENCE, plain.RECORD, plain.TAGS)


def to_plain(kind: Kind, record: Any, user: Any) -> dict[str, Any]:
    """Give a record with its parts, without what the user may not see."""
    told = _told(kind.catalog, record, record, user)
    for part in kind.parts:
        rows = getattr(record, part.name).all()
        told[part.name] = [{KEY: row.pk, **_told(part.catalog, row, record, user)} for row in rows]
    return told


def from_plain(
    kind: Kind, data: Mapping[str, Any], user: Any, stored: Any = None
) -> tuple[Record, list[Problem]]:
    """Read a record as the user may give it; all that is wrong in it is named, by field and row.

    A text that is wrong in form only is taken as it is, as in the form; other wrong values are
    left out. `stored` is the record that changes: what it points to already may stay.
    """
    reading = _Reading(user)
    parts = {part.name: part for part in kind.parts}
    own = {name: value for name, value in data.items() if name not in parts}
    values = reading.values(kind.catalog, own, stored)
    marks = {name: values.pop(name) for name in kind.aggregate.m2m if name in values}
    rows = {
        name: reading.rows(part, data[name], stored) for name, part in parts.items() if name in data
    }
    return Record(values, rows, marks), reading.problems


def _told(catalog: Catalog, row: Any, record: Any, user: Any) -> dict[str, Any]:
    told = {}
    for target in plain.targets_of("", catalog):
        assert target.row is not None
        value = getattr(row, target.name)
        is_hidden = target.kind == plain.RECORD and value and not is_visible(value, user)
        if may_see(target.row, user, record) and not is_hidden:
            told[target.name] = _plain(target, value)
    return told


def _plain(target: Target, value: Any) -> Any:
    if target.kind == plain.TAGS:
        return sorted(map(_name_of, value.all()), key=str)
    if target.kind in _POINTING:
        return value and _name_of(value)
    return plain.of(target, value)


def _name_of(one: Any) -> str | int:
    return getattr(one, "code", "") or one.pk


class _Reading:
    """Reads the values of one record, and keeps what is wrong with them."""

    def __init__(self, user: Any) -> None:
        self.user, self.references = user, References(user)
        self.problems: list[Problem] = []

    def rows(self, part: Part, data: Any, stored: Any) -> list[RowInput]:
        """Read the whole list of a part."""
        if not isinstance(data, Sequence) or not all(isinstance(one, Mapping) for one in data):
            self.problems.append(Problem(part.name, _("A list of rows is expected."), part.section))
            return []
        for target in plain.targets_of("", part.catalog):
            if target.kind in _POINTING:
                texts = (str(one[target.name]) for one in data if one.get(target.name))
                self.references.look_up(source_of(target.field.related_model), texts)
        known = {row.pk: row for row in getattr(stored, part.name).all()} if stored else {}
        found = []
        for at, given in enumerate(data):
            own = {name: value for name, value in given.items() if name != KEY}
            row = known.get(given.get(KEY))
            values = self.values(part.catalog, own, row, part, at)
            found.append(RowInput(row and row.pk, values))
        return found

    def values(
        self, catalog: Catalog, data: Mapping[str, Any], stored: Any, part: Part | None = None,
        at: int | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Read the fields of the root, or of a row of a part."""
        known = {target.name: target for target in plain.targets_of("", catalog)}
        found = {}
        for name, value in data.items():
            target = known.get(name)
            try:
                if target is None:
                    raise ValueError(_("There is no field of this name."))
                found[name] = self._value(target, value, getattr(stored, name, None))
            except ValueError as error:
                self._wrong(catalog, name, str(error), part, at)
                kept = as_typed(target.field, value) if target else None
                found |= {} if kept is None else {name: kept}
        return found

    def _wrong(
        self, catalog: Catalog, name: str, message: str, part: Part | None, at: int | None
    ) -> None:
        row = catalog.by_name.get(name)
        place = (part.name, part.section) if part else (name, row.section if row else "")
        column = name if part else ""
        self.problems.append(Problem(place[0], message, place[1], at, column, message))

    def _value(self, target: Target, value: Any, current: Any) -> Any:
        if target.kind == plain.TAGS:
            own = current.all() if current is not None else ()
            return [self._one(target, one, own) for one in _list(value)]
        if is_blank(value):
            return target.blank
        if not isinstance(value, str | int | float) or (
            isinstance(value, bool) and target.kind != plain.FLAG
        ):
            raise ValueError(_("A single value is expected."))
        if target.kind in _POINTING:
            return self._one(target, value, [current] if current else ())
        return widgets.as_form(target, self.references).clean(str(value))

    def _one(self, target: Target, value: Any, own: Iterable[Any]) -> Any:
        """Give what a code, or the key of a record without one, stands for."""
        for one in own:
            if value == _name_of(one):
                return one
        widget = widgets.as_form(target, self.references)
        if isinstance(value, int) and target.kind == plain.RECORD:
            for one in widget.source.keyed(self.user, [value]):
                return one
        return widget.clean(str(value))


def _list(value: Any) -> Sequence[Any]:
    if is_blank(value):
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ValueError(_("A list is expected."))
    return value
