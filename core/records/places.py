"""Where remarks are pinned: at the fields and rows of a record.

It knows the places, what they are called, and whether one changed; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core import history
from core.records.kind import Kind
from core.records.part import Part, fetch
from core.records.secrets import Discretion, covers
from core.said import joined, label
from core.timeline import Pair

Stored = dict[str, Any]


class Places:
    """The places of one record."""

    def __init__(self, kind: Kind, record: Any) -> None:
        self.kind, self.record = kind, record
        self._discretion: Discretion | None = None

    def known(self) -> dict[str, str]:
        """Give every place that a remark can be pinned to; of rows what they are called."""
        fetch(self.kind.parts, [self.record])
        found = {row.name: "" for row in self.kind.catalog if row.form}
        for part in self.kind.parts:
            rows = getattr(self.record, part.name).all()
            found |= {part.name: "", **{f"{part.name}-{row.pk}": str(row) for row in rows}}
        return found

    def stood(self, place: str) -> Stored:
        """Give what is kept beside a remark, because the history does not tell it."""
        return {}

    def here(self, remark: Mapping[str, Any]) -> str:
        """Give the place where a stored remark belongs now, "" for none."""
        return str(remark["place"])

    def is_changed(self, remark: Mapping[str, Any], net: history.Net) -> bool:
        """Say whether the place of a stored remark changed; `net` is what changed since."""
        moved = self.moved(remark["place"], net)
        return bool(moved.fields or moved.rows)

    def moved(self, place: str, net: history.Net) -> history.Net:
        """Give what the history tells of a place."""
        part, key = split(self.kind, place)
        if part is None:
            names = fields_of(self.kind, place)
            return history.Net({name: net.fields[name] for name in names if name in net.fields}, {})
        rows = {
            (child, pk): row
            for (child, pk), row in net.rows.items()
            if child == part.name and key in ("", str(pk))
        }
        return history.Net({}, rows)

    def pairs(self, remark: Mapping[str, Any], user: Any) -> tuple[Pair, ...]:
        """Give what stood at the place of a stored remark and what does now.

        It is nothing where the history tells that.
        """
        return ()

    def cover(self, user: Any) -> Callable[[str], str]:
        """Give what makes a text about the record one that this user may read."""
        if self._discretion is None:
            self._discretion = Discretion(self.kind, [self.record], user)
        return self._discretion.of(self.record)

    def name_of(self, place: str, row: str, user: Any) -> str:
        """Give what a place is called, as this user may read it."""
        part, key = split(self.kind, place)
        if part is None:
            return label(self.kind.catalog.label(place))
        if not key:
            return label(part.label)
        shown = self.cover(user)(row) if covers(part, self.record, user) else row
        return joined([label(part.model._meta.verbose_name), shown])


def of(kind: Kind, record: Any) -> Places:
    """Give the places of a record: its own, where its kind says nothing else."""
    found: Places = kind.places(record) if kind.places else Places(kind, record)
    return found


def reason_of(kind: Kind, request: Any, user: Any) -> str:
    """Give why a request asks, as this user may read it; `kind` is that of requests."""
    return of(kind, request).cover(user)(request.reason)


def split(kind: Kind, place: str) -> tuple[Part | None, str]:
    """Give the part that a place is in, and the key of its row, as far as it is in one."""
    name, _dash, key = place.partition("-")
    return next((one for one in kind.parts if one.name == name), None), key


def fields_of(kind: Kind, place: str) -> list[str]:
    """Give the field of a place and those that go with it."""
    beside = kind.rules.beside
    return [place, *(name for name, other in beside.items() if other == place)]
