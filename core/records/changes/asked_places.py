"""Where remarks on a change request are pinned: at the fields and rows that it asks to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import extend, history
from core.aggregate import NEW
from core.records.changes import formerly
from core.records.changes.applying import instances_of, would_be
from core.records.changes.wanted import ADD, RowWish
from core.records.part import fetch
from core.records.places import Places, Stored, fields_of
from core.timeline import Pair


class AskedPlaces(Places):
    """The places that a request asks to change; `kind` and `record` are those of its record."""

    def __init__(self, request: Any) -> None:
        super().__init__(extend.kind_of(type(request.record)), request.record)
        self.request, self.wanted = request, request.asks

    def known(self) -> dict[str, str]:
        """Give what the request is about; of rows what they are called, as they would be."""
        fetch(self.kind.parts, [self.record])
        found = {one.name: "" for one in self.wanted.fields}
        instances = instances_of(self.kind, [self.request])
        after = would_be(self.kind, self.record, self.wanted, instances)
        for part in self.kind.parts:
            stored = {row.pk: str(row) for row in getattr(self.record, part.name).all()}
            new = (str(row) for row in getattr(after, part.name).all() if row.pk is None)
            for place, wish in self._rows_of(part.name):
                name = next(new) if wish.op == ADD else stored.get(wish.pk, "")
                found |= {part.name: "", place: name}
        return found

    def stood(self, place: str) -> Stored:
        """Give what is asked for at a place: the history of requests does not tell that."""
        return {"was": self._at(place)}

    def here(self, remark: Mapping[str, Any]) -> str:
        """Give the place as it is counted now: of a new row the one that is still asked for."""
        place, was = remark["place"], remark["was"]
        name, _dash, key = place.partition("-")
        if key.startswith(NEW):
            same = (where for where, wish in self._rows_of(name) if wish.kept in was)
            return next(same, "")
        return place if self.wanted.at(place) else ""

    def is_changed(self, remark: Mapping[str, Any], net: history.Net) -> bool:
        """Say whether something else is asked for at the place than when it was remarked on."""
        here, was = self.here(remark), remark["was"]
        now = self._at(here) if here else []
        return len(now) != len(was) or any(one not in was for one in now)

    def moved(self, place: str, net: history.Net) -> history.Net:
        """Nothing: what changed in requests is not in their history."""
        return history.Net({}, {})

    def pairs(self, remark: Mapping[str, Any], user: Any) -> tuple[Pair, ...]:
        """Give what was asked for there when it was remarked on, and what is now."""
        here = self.here(remark)
        now = self._at(here) if here else []
        return formerly.pairs(self.kind, self.record, remark["place"], remark["was"], now, user)

    def _rows_of(self, part: str) -> list[tuple[str, RowWish]]:
        rows = zip(self.wanted.row_places, self.wanted.rows, strict=True)
        return [(place, wish) for place, wish in rows if wish.part == part]

    def _at(self, place: str) -> list[Stored]:
        return [one for name in fields_of(self.kind, place) for one in self.wanted.at(name)]
