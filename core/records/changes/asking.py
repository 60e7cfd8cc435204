"""Asks for changes of records in force: what goes by request, and the request that is made of it.

It runs in the transaction of the save it belongs to, with the record locked: a field or row stands
in one open request only.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core import saving
from core.access import is_reviewed
from core.aggregate import Draft, RowInput
from core.history import Act
from core.records import coding, remarks, transition
from core.records.changes.applying import of_record, open_of
from core.records.changes.request import may_ask_it
from core.records.changes.wanted import Wanted, in_another, not_theirs, of_fields, of_rows
from core.records.form import REASON
from core.records.kind import Kind
from core.records.places import reason_of
from core.said import said as _
from core.saving import Refused, SomeRefused, Stale


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

    What stands in an open one and this person may not ask for stays in it; where nothing else is
    left, others submit it. `answers` are to what was remarked on it when it was returned.

    Raises Refused, also where another open request is about the same field or row, and Stale when
    the request moved on.
    """
    own = kind.changes
    assert own is not None
    known = of_record(kind, record)
    stored = next((one for one in known if one.pk == ask.request), None)
    if stored is not None:
        wanted += not_theirs(kind, record, stored.asks, act.by)
        if ask.reason.strip() == reason_of(own, stored, act.by).strip():
            ask = replace(ask, reason=stored.reason)  # what is hidden from this person in it stays
    require_reason(ask.reason)
    held = in_another(kind, wanted, [one for one in known if one.pk != ask.request])
    if held:
        raise Refused(list(held.values()), held)
    if ask.request is None:
        [request] = _made(own, [(record, wanted)], ask, act, {}, {})
    else:
        request = _replaced(own, stored, ask, _values(wanted, ask), answers, act)
    if ask.submit and not (stored is not None and may_ask_it(request, act.by)):
        transition.one_of_many(own, "submit", [request], act=act)
    return request


def put_many(
    kind: Kind, wanted: Sequence[tuple[Any, Wanted]], ask: Ask, act: Act,
    *, acts: Mapping[int, Act], beside: Mapping[str, Any],
) -> dict[int, Any]:  # fmt: skip
    """Make a request for each of these locked records, in few statements; give them by record.

    `acts` are their own by the keys of the records, `beside` is what else stands in each request.
    Raises Refused without a reason, SomeRefused by the keys of the records.
    """
    own = kind.changes
    assert own is not None
    require_reason(ask.reason)
    if held := _held(kind, wanted):
        raise SomeRefused(held)
    made = _made(own, wanted, ask, act, acts, beside)
    owners = {one.pk: one.record_id for one in made}
    if ask.submit:
        theirs = {one.pk: acts.get(one.record_id, act) for one in made}
        try:
            transition.move_many(own, "submit", made, act=act, acts=theirs)
        except SomeRefused as some:
            raise SomeRefused({owners[pk]: one for pk, one in some.refused.items()}) from some
    return {one.record_id: one for one in made}


def refusals(kind: Kind, wanted: Sequence[tuple[Any, Wanted]], user: Any) -> dict[int, Refused]:
    """Say by record why `put_many` would refuse to ask for this and submit it; it writes nothing.

    Only the reason is not asked for.
    """
    own = kind.changes
    assert own is not None
    held = _held(kind, wanted)
    drafts = [
        own.model(pk=-record.pk, record=record, wanted=one.kept(), area=one.area, created_by=user)
        for record, one in wanted
        if record.pk not in held
    ]
    asked = transition.ask(own.life, own.life.transition("submit"), drafts, user)
    return held | {-pk: told for pk, told in asked.refused.items()}


def _held(kind: Kind, wanted: Sequence[tuple[Any, Wanted]]) -> dict[int, Refused]:
    """Say by record what of this stands in an open request already."""
    known = open_of(kind, [record.pk for record, _wanted in wanted])
    return {
        record.pk: Refused(list(found.values()), found)
        for record, one in wanted
        if (found := in_another(kind, one, known.get(record.pk, ())))
    }


def require_reason(reason: str) -> None:
    """Raise Refused where nobody says why."""
    if not reason.strip():
        raise Refused([say_why()], {REASON: say_why()})


def say_why() -> str:
    """Say that a change request needs its reason."""
    return _("Say why: what was approved changes when somebody else has approved it.")


def _values(wanted: Wanted, ask: Ask) -> dict[str, Any]:
    return {
        "reason": ask.reason.strip(),
        "holds_from": ask.holds_from,
        "wanted": wanted.kept(),
        "area": wanted.area,
    }


def _made(
    own: Kind, wanted: Sequence[tuple[Any, Wanted]], ask: Ask, act: Act,
    acts: Mapping[int, Act], beside: Mapping[str, Any],
) -> list[Any]:  # fmt: skip
    codes = coding.draw(own, [{}] * len(wanted))
    drafts = [
        Draft({**_values(one, ask), **beside, "record": record, "code": code},
              act=acts.get(record.pk))
        for (record, one), code in zip(wanted, codes, strict=True)
    ]  # fmt: skip
    made = saving.bulk_made(own.aggregate, drafts, act=act)
    coding.remember(own, [(one.code, one.pk) for one in made if one.code])
    return made


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
