"""Asks for changes of records in force: what goes by request, and the request that is made of it.

It runs in the transaction of the save it belongs to, with the record locked: a field or row stands
in one open request only.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import saving
from core.access import is_reviewed
from core.aggregate import RowInput
from core.history import Act
from core.records import coding, remarks, transition
from core.records.changes.applying import of_record
from core.records.changes.wanted import ADD, Wanted, of_fields, of_rows
from core.records.form import REASON
from core.records.kind import Kind
from core.said import said as _
from core.saving import Refused, Stale


@dataclass(frozen=True)
class Ask:
    """Why a change is asked for, and the day from which it holds (None: when it is approved).

    `request` is the key of an open request that it takes the place of, at `version`.
    """

    reason: str = ""
    holds_from: datetime.date | None = None
    request: int | None = None
    version: int | None = None
    submit: bool = True


def parts_by_request(kind: Kind, record: Any, names: Iterable[str]) -> list[str]:
    """Name of these parts of a stored record those whose rows change by request now."""
    heads = {part.name: part.catalog.by_name[part.head] for part in kind.parts}
    return [name for name in names if kind.changes and is_reviewed(heads[name], record)]


def wanted_of(
    kind: Kind, record: Any, values: Mapping[str, Any], rows: Mapping[str, Sequence[RowInput]]
) -> Wanted:
    """Give what these values and whole lists of rows would change of a record."""
    found = [
        wish
        for part in kind.parts
        if part.name in rows
        for wish in of_rows(part, getattr(record, part.name).all(), rows[part.name])
    ]
    return Wanted(of_fields(kind, record, values), tuple(found))


def put(
    kind: Kind, record: Any, wanted: Wanted, ask: Ask, act: Act, answers: Mapping[str, str]
) -> Any:
    """Make a request, or give an open one this content; submit it if asked. Gives the request.

    What stands in an open one and this person may not ask for stays in it. `answers` are to what
    was remarked on it when it was returned.

    Raises Refused, also where another open request is about the same field or row, and Stale when
    the request moved on.
    """
    own = kind.changes
    assert own is not None
    known = of_record(kind, record)
    stored = next((one for one in known if one.pk == ask.request), None)
    if stored is not None:
        wanted += _not_theirs(kind, record, stored.asks, act.by)
    held = _held(kind, record, wanted, [one for one in known if one.pk != ask.request])
    if held:
        raise Refused(list(held.values()), held)
    if not ask.reason.strip():
        sentence = _("Say why: what was approved changes when somebody else has approved it.")
        raise Refused([sentence], {REASON: sentence})
    values = {
        "reason": ask.reason.strip(),
        "holds_from": ask.holds_from,
        "wanted": wanted.kept(),
        "area": wanted.area,
    }
    if ask.request is None:
        code = coding.draw(own, [{}])[0]
        request = saving.create(own.aggregate, {**values, "record": record, "code": code}, act=act)
        if code:
            coding.remember(own, [(code, request.pk)])
    else:
        request = _replaced(own, stored, ask, values, answers, act)
    if ask.submit:
        transition.one_of_many(own, "submit", [request], act=act)
    return request


def _replaced(
    own: Kind, stored: Any, ask: Ask, values: Mapping[str, Any], answers: Mapping[str, str],
    act: Act,
) -> Any:  # fmt: skip
    if stored is None or stored.version != ask.version:
        raise Stale
    if not own.life.state(stored.state).is_open:
        raise Refused([_("It is not yours to change now: withdraw it, or have it returned.")])
    if not Wanted.read(values["wanted"]):
        raise Refused([_("Nothing differs from what is in force any more: withdraw the request.")])
    given = remarks.answered(own, stored, answers, act.by)
    changed = saving.change(
        own.aggregate, stored.pk, values, version=stored.version, act=act,
        more={"answers": given} if given else {},
    )  # fmt: skip
    changed.record = stored.record
    return changed


def _not_theirs(kind: Kind, record: Any, asks: Wanted, user: Any) -> Wanted:
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


def _held(kind: Kind, record: Any, wanted: Wanted, others: Iterable[Any]) -> dict[str, str]:
    """Say by place what of this stands in another open request already."""
    told = _("This stands in the open change request %(code)s already.")
    found: dict[str, str] = {}
    for other in others:
        sentence = told % {"code": other.code}
        for name in wanted.places & other.asks.places:
            found[name.partition("-")[0]] = sentence
        for part in kind.parts:
            own, rival = (_added(part.name, one) for one in (wanted, other.asks))
            if any(same.fits(new, old) for same in part.same_by for new in own for old in rival):
                found[part.name] = sentence
    return found


def _added(part: str, wanted: Wanted) -> list[Mapping[str, Any]]:
    return [one.new for one in wanted.rows if one.part == part and one.op == ADD]
