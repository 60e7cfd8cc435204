"""What may become of values that somebody gives a record: THE answer for each field of it.

Form, file and bulk edit ask it here; it reads the record that it is given and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone

from core.access import by_request, is_reviewed, may_change, scope_unit
from core.aggregate import RowInput, is_blank, same
from core.records.kind import Kind
from core.records.record import Values, newly
from core.said import said as _
from core.saving import Refused


@dataclass(frozen=True)
class Judged:
    """The values that differ: those that may be written at once, and those to be asked for.

    The latter go by a change request (core.records.changes). `refused` says by field why others
    may not be given.
    """

    free: dict[str, Any]
    asked: dict[str, Any]
    refused: dict[str, str]

    def require(self, *, may_ask: bool = False) -> dict[str, Any]:
        """Give all that differs. Raises Refused when anything is refused.

        What is to be asked for is refused too, unless whoever calls makes a request of it.
        """
        refused = (
            self.refused if may_ask else self.refused | dict.fromkeys(self.asked, by_request())
        )
        if refused:
            raise Refused(sorted(set(refused.values())), refused)
        return self.free | self.asked


def judge(
    kind: Kind, stored: Any, values: Values, user: Any, *, marks: Iterable[str] = ()
) -> Judged:
    """Say what a user may make of a stored record (None: a new one), and of its marks by name.

    Refused is what the user may not change now or may not choose, and whatever no form has.
    """
    free: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for name, value in values.items():
        row = kind.catalog.by_name.get(kind.rules.beside.get(name, name))
        if row is None or not row.form:
            refused[name] = _("The system sets this itself.")
        elif stored is not None and same(stored.serializable_value(name), value):
            continue
        elif problem := kind.may(row, user, stored) or _outside(kind, name, value, user):
            refused[name] = problem
        elif kind.changes and is_reviewed(row, stored):
            asked[name] = value
        else:
            free[name] = value
    for name in marks:
        if problem := may_change(kind.catalog.by_name[name], user, stored):
            refused[name] = problem
    return Judged(free, asked, refused)


def _outside(kind: Kind, name: str, value: Any, user: Any) -> str:
    return kind.rules.outside(name, value, user) if isinstance(value, models.Model) else ""


def followed(kind: Kind, stored: Any, values: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what is written of a stored record for these new values, and its values as a whole.

    With the new values goes what follows from them. Raises Refused where they do not fit together,
    and where a record in force would lose what it must have.
    """
    is_open = kind.life.state(stored.state).is_open
    before = {**values_of(kind, stored), **values}
    filled = filled_in(kind, before, is_open=is_open)
    _require_kept(kind, stored, values, filled)
    changed = {
        name: value
        for name, value in filled.items()
        if name in values or (is_open and value != before.get(name))
    }
    if "department" in values:
        changed["scope_unit"] = scope_unit(filled["department"], stored.created_by)
    return changed, filled


def _require_kept(kind: Kind, stored: Any, values: Values, filled: Values) -> None:
    """What is asked for may be empty in a request that is still written; it is judged there."""
    if not kind.life.state(stored.state).is_in_force:
        return
    emptied = {
        name
        for name, value in values.items()
        if is_blank(value)
        and not is_blank(stored.serializable_value(name))
        and not is_reviewed(kind.catalog.by_name[kind.rules.beside.get(name, name)], stored)
    }
    found = kind.missing(filled, {}) if emptied else []
    if lost := {one.field: one.message for one in found if one.field in emptied}:
        raise Refused(list(lost.values()), lost)


def require_kept_rows(
    kind: Kind, stored: Any, values: Values, rows: Mapping[str, Sequence[RowInput]]
) -> None:
    """Raise Refused where a record in force would lose rows, or cells of them, that it must have.

    `values` are its own as they will be; of each part named the wanted rows are all of them.
    """
    if not kind.life.state(stored.state).is_in_force:
        return
    parts = [part for part in kind.parts if part.name in rows]
    now = {
        part.name: {one.pk: part.catalog.typed_of(one) for one in getattr(stored, part.name).all()}
        for part in parts
    }
    then = {
        part.name: [{**now[part.name].get(one.pk, {}), **one.values} for one in rows[part.name]]
        for part in parts
    }
    lacked = kind.missing(values, {name: [*own.values()] for name, own in now.items()})
    found = newly(lacked, kind.missing(values, then))
    if lost := {one.field: one.message for one in reversed(found) if one.field in then}:
        raise Refused(list(lost.values()), lost)


def filled_in(kind: Kind, values: Values, *, is_open: bool) -> dict[str, Any]:
    """Fill in what follows from the rest; what is wrong waits in a draft until it is submitted."""
    filled = kind.rules.fill(values)
    if is_open:
        return filled
    missing = [] if kind.rules.submit else kind.missing(filled, {})
    wrong = {one.field: one.message for one in missing}
    wrong |= kind.rules.problems(filled, timezone.localdate())
    if wrong:
        raise Refused(list(wrong.values()), wrong)
    return filled


def values_of(kind: Kind, stored: Any) -> dict[str, Any]:
    """Give its values, of references that no move looks at only the keys."""
    return {
        name: getattr(stored, name if name in kind.known else place)
        for name, place in kind.catalog.places.items()
    }
