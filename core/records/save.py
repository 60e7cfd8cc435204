"""Saves records of any kind: drafts, edits, save-and-submit, new codes.

Every public verb is one transaction and decides who may change what; core.saving writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from core import saving
from core.access import Seen, permissions_of, scope_unit
from core.aggregate import RowInput, is_blank
from core.bulk.loading import locking
from core.history import Act
from core.records import coding, judging, picking, remarks, transition
from core.records.changes import asking
from core.records.changes.asking import Ask
from core.records.kind import Kind
from core.records.record import Record, Values, rows_problem
from core.said import said as _
from core.saving import Refused, Stale

MOST_TRIES = 3

Rows = dict[str, Sequence[RowInput]]


@saving.retried
def save(
    kind: Kind, pk: int | None, record: Record, *, version: int | None, submit: bool, act: Act,
    ask: Ask | None = None,
) -> Any:  # fmt: skip
    """Create (pk None) or change a record, and submit it in the same step if asked; gives it.

    What needs a second pair of eyes goes into a change request, as `ask` says; it is then
    `requested` of what is given, else None. Raises Refused (fields say where), Stale, Repeated,
    KeyReused; then nothing is written.
    """
    for attempt in range(MOST_TRIES):
        try:
            with saving.once(act) as ticket:
                if pk is None:
                    saved = _create(kind, record, act)
                else:
                    stored = locked(kind, pk, version, act)
                    saved = _change(kind, stored, record, act, ask or Ask())
                if submit:
                    transition.one_of_many(kind, kind.rules.submit, [saved], act=act)
                ticket.result = str(saved.pk)
            return saved
        except saving.Duplicate as taken:
            # A typed code took the serial we drew between our look and our insert: draw again.
            is_drawn = "code" in taken.fields and not record.values.get("code")
            if not is_drawn or attempt == MOST_TRIES - 1:
                raise
    raise AssertionError("unreachable")


@saving.retried
def redraw(kind: Kind, pk: int, *, version: int, act: Act) -> Any:
    """Draw a new code for a record that never left its first state. Raises Refused, Stale."""
    with saving.once(act) as ticket:
        stored = locked(kind, pk, version, act)
        if coding.is_settled(kind, stored):
            raise Refused([_("Only a draft that was never submitted gets a new code.")])
        judging.judge(kind, stored, {"code": ""}, act.by).require()
        ticket.result = str(pk)
        code = coding.demand(kind, judging.values_of(kind, stored))
        return _written(kind, stored, {"code": code}, act=act, action="redraw")


def locked(kind: Kind, pk: int, version: int | None, act: Act) -> Any:
    """Give the record, locked where the database can, to somebody who sees and may change it.

    Raises Stale if it moved on, Refused for those who may only look.
    """
    stored = next(iter(_locking(kind)(act.by, pk)), None)
    if stored is None or stored.version != version:
        raise Stale
    _require("change", kind, act)
    return stored


@cache
def _locking(kind: Kind) -> Seen:
    related = (*kind.known, "created_by__unit")
    return Seen(kind.model, lambda rows, pk: locking(rows).filter(pk=pk).select_related(*related))


def _create(kind: Kind, record: Record, act: Act) -> Any:
    _require("add", kind, act)
    given = record.values.values()
    if all(is_blank(one) or one is False for one in given) and not any(record.rows.values()):
        raise Refused([_("Fill in at least one field.")])
    judging.judge(kind, None, record.values, act.by).require()
    values = dict(record.values)
    if "department" in kind.catalog.by_name:
        values["department"] = values.get("department") or act.by.unit
    values["scope_unit"] = scope_unit(values.get("department"), act.by)
    values = judging.filled_in(kind, values, is_open=kind.life.initial.is_open)
    picking.require_usable(kind, values, act.by)
    values |= _code_of(kind, None, values)
    rows, marks = _parts(kind, record, act)
    created = saving.create(kind.aggregate, values, rows, marks, act=act)
    if "code" in values:
        coding.remember(kind, [(values["code"], created.pk)])
    return created


def _change(kind: Kind, stored: Any, record: Record, act: Act, ask: Ask) -> Any:
    given = dict(record.values)
    if "code" in given:
        given |= _kept_code(kind, stored, given)
    judged = judging.judge(kind, stored, given, act.by)
    values = judged.require(may_ask=True)
    if record.rows or record.marks:
        _require_change_of_rows(kind, stored, record, act)
    changed, filled = judging.followed(kind, stored, values)
    if kind.pointing.keys() & changed.keys():
        picking.require_usable(kind, changed, act.by)
    rows, marks = _parts(kind, record, act) if record.rows or record.marks else ({}, {})
    asked = {name: changed.pop(name) for name in judged.asked}
    asked_rows = {n: rows.pop(n) for n in rows and asking.parts_by_request(kind, stored, rows)}
    if rows:
        judging.require_kept_rows(kind, stored, filled, rows)
    for name in kind.rules.before.keys() & changed.keys():
        kind.rules.before[name](stored, changed, act)
    if "code" in changed or (kind.code and not stored.code):
        changed |= _code_of(kind, stored, filled)
    own = record.answers if ask.request is None else {}
    answers = remarks.answered(kind, stored, own, act.by) if own else ()
    saved = _written(kind, stored, changed, rows, marks, act=act, answers=answers)
    saved.requested = None
    if asked or asked_rows or ask.request is not None:
        wanted = asking.wanted_of(kind, saved, asked, asked_rows)
        if wanted or ask.request is not None:
            saved.requested = asking.put(kind, saved, wanted, ask, act, record.answers)
    return saved


def _written(
    kind: Kind, stored: Any, values: Values, rows: Any = None, marks: Any = None, *, act: Act,
    action: str = "change", answers: Sequence[Any] = (),
) -> Any:  # fmt: skip
    more = {"answers": answers} if answers else {}
    code = values.get("code", "")
    is_new = code and code != stored.code
    saved = saving.change(
        kind.aggregate, stored.pk, values, rows, marks,
        version=stored.version, act=act, action=action, more=more, locked=stored,
    )  # fmt: skip
    if is_new:
        coding.remember(kind, [(code, saved.pk)])
    return saved


def _kept_code(kind: Kind, stored: Any, values: Values) -> dict[str, str]:
    """An emptied code field keeps the code; a code once in use never changes."""
    if kind.code is None:
        return {}
    typed = (values.get("code") or "").upper() or stored.code
    if typed != stored.code and coding.is_settled(kind, stored):
        sentence = _("The code was already given and does not change any more.")
        raise Refused([sentence], {"code": sentence})
    return {"code": typed}


def _code_of(kind: Kind, stored: Any, values: Values) -> dict[str, str]:
    """Give the code that was typed, else the one it has, else a new one; {} where none are."""
    if kind.code is None:
        return {}
    current, typed = stored.code if stored else "", (values.get("code") or "").upper()
    if typed and typed != current:
        if refused := coding.accept(kind, [(typed, values)]):
            raise refused[typed]
        return {"code": typed}
    return {"code": current or coding.draw(kind, [values])[0]}


def _require(verb: str, kind: Kind, act: Act) -> None:
    if kind.right(verb) not in permissions_of(act.by):
        sentence = _("You may look at %(records)s but not change them.")
        raise Refused([sentence % {"records": kind.plural}])


def _require_change_of_rows(kind: Kind, stored: Any, record: Record, act: Act) -> None:
    touched = {name: kind.catalog.by_name[name] for name in record.marks}
    for part in kind.parts:
        if part.name in record.rows:
            touched[part.name] = part.catalog.by_name[part.head]
    for name, row in touched.items():
        if problem := kind.may(row, act.by, stored):
            raise Refused([problem], {name: problem})


def _parts(kind: Kind, record: Record, act: Act) -> tuple[Rows, Mapping[str, Sequence[Any]]]:
    """Give the wanted rows by part, each with its flags, and the marks, made where they are new."""
    rows: Rows = dict(record.rows)
    for part in kind.parts:
        if part.name in rows:
            if problem := rows_problem(len(rows[part.name]), part.label):
                raise Refused([problem])
            for flag in part.always:
                rows[part.name] = _with_one(rows[part.name], flag)
    return rows, kind.rules.marks(record.marks, act) if record.marks else {}


def _with_one(rows: Sequence[RowInput], flag: str) -> Sequence[RowInput]:
    """Where no row has the flag the first gets it; stored rows that keep theirs are left alone."""
    if not rows or any(row.values.get(flag, row.pk is not None) for row in rows):
        return rows
    first = RowInput(rows[0].pk, {**rows[0].values, flag: True})
    return [first, *rows[1:]]
