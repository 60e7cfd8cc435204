"""What change requests would make of their records, and how they take effect; many at once.

The record as it is now counts: what somebody else made of it meanwhile is no conflict unless it is
the same field or row.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.base import ModelState
from django.utils import timezone
from django.utils.text import capfirst

from core import saving
from core.aggregate import Edit, RowInput, is_blank
from core.bulk.loading import in_parts, locking
from core.history import Act
from core.prepared import Prepared, put
from core.records import plain
from core.records.changes.request import APPROVED
from core.records.changes.wanted import (
    ADD,
    DEL,
    MOD,
    FieldWish,
    RowWish,
    Targets,
    Wanted,
    columns,
    header,
    row_of,
)
from core.records.kind import Kind
from core.records.part import Part, fetch
from core.records.record import Problem, newly
from core.said import items
from core.said import said as _
from core.saving import Stale

Instances = Mapping[tuple[type[models.Model], Any], Any]
_POINTING = (plain.REFERENCE, plain.RECORD)
AMEND = "amend"  # what the history of a record calls a request that took effect


def put_requests(kind: Kind, record: Any) -> None:
    """Put the requests to change a record there: `open_requests`, the oldest first.

    And `applied_requests`, those about rows that took effect, in that order.
    """
    found = _requests(kind)(record.pk) if kind.changes else []
    for one in found:
        one.record = record
    record.open_requests = [one for one in found if one.closed_at is None]
    record.applied_requests = [one for one in found if one.closed_at is not None]


def of_record(kind: Kind, record: Any) -> list[Any]:
    """Give the open requests to change a record, the oldest first."""
    put_requests(kind, record)
    return list(record.open_requests)


def open_of(kind: Kind, keys: Iterable[int]) -> dict[int, list[Any]]:
    """Give the open requests to change these records by their keys, the oldest first."""
    found: dict[int, list[Any]] = defaultdict(list)
    if kind.changes is not None:
        rows: Any = kind.changes.model._default_manager.filter(closed_at=None)
        for part in in_parts(sorted(keys)):
            for one in rows.filter(record__in=part).order_by("pk"):
                found[one.record_id].append(one)
    return found


@cache
def _requests(kind: Kind) -> Prepared:
    assert kind.changes is not None
    rows = kind.changes.model._default_manager
    about_rows = Q(state=APPROVED) & ~Q(area="")
    related = ("created_by", "submitted_by", "approved_by")
    told = rows.filter(Q(closed_at=None) | about_rows).select_related(*related)
    return Prepared(lambda pk: told.filter(record=pk).order_by("closed_at", "pk"))


def records_of(kind: Kind, requests: Iterable[Any], *, lock: bool = False) -> dict[int, Any]:
    """Give the records of requests by their keys, with all that a check of them reads."""
    keys = sorted({one.record_id for one in requests})
    pointing = [row.name for row in kind.catalog if kind.catalog.field(row.name).many_to_one]
    rows = kind.model._default_manager.all()
    found: dict[int, Any] = {}
    for part in in_parts(keys):
        asked = rows.filter(pk__in=part).order_by("pk")
        if lock:  # alone: what waits for a lock loses a row whose references changed meanwhile
            list(locking(asked).values_list("pk"))
        found |= {one.pk: one for one in asked.select_related(*pointing)}
    fetch(kind.parts, list(found.values()))
    return found


def instances_of(
    kind: Kind, requests: Iterable[Any], *, with_old: bool = False
) -> dict[tuple[type[models.Model], Any], Any]:
    """Give what requests point to, `with_old` also what stood there; by table and key.

    It is one query a table.
    """
    keys: dict[type[models.Model], set[Any]] = defaultdict(set)
    for request in requests:
        wanted = request.asks
        given = _given(kind, wanted, "new") + (_given(kind, wanted, "old") if with_old else [])
        for known, values in given:
            for name, value in values.items():
                if value and known[name].kind in _POINTING:
                    keys[known[name].field.related_model].add(value)
    return {
        (model, one.pk): one
        for model, asked in keys.items()
        for one in model._default_manager.filter(pk__in=asked)
    }


@dataclass(frozen=True)
class Conflict:
    """A wish whose place is neither as it was when it was asked for nor as asked for.

    `columns` are those of a row that somebody else changed; none where it is about the whole row.
    """

    wish: FieldWish | RowWish
    label: str
    columns: frozenset[str] = frozenset()


def conflicts(kind: Kind, record: Any, wanted: Wanted) -> list[Conflict]:
    """Give the fields and rows that somebody else changed since a request asked for them."""
    now = row_of({one.name: header(kind)[one.name] for one in wanted.fields}, record)
    found = [
        Conflict(one, str(capfirst(str(header(kind)[one.name].label))))
        for one in wanted.fields
        if now[one.name] not in (one.old, one.new)
    ]
    parts = {part.name: part for part in kind.parts}
    for one in wanted.rows:
        moved = _moved(parts[one.part], record, one)
        if moved is not None:
            found.append(Conflict(one, str(parts[one.part].title), moved))
    return found


def would_be(kind: Kind, record: Any, wanted: Wanted, instances: Instances) -> Any:
    """Give a record as a request would leave it, with the rows of its parts; it is not saved.

    What is derived from its values stays as it was: `derive` it where it is asked for.
    """
    after = _copy(record)
    fill(header(kind), after, {one.name: one.new for one in wanted.fields}, instances)
    for part in kind.parts:
        put(after, part.name, _rows_after(part, after, record, wanted, instances))
    return after


def derive(kind: Kind, after: Any, wanted: Wanted) -> None:
    """Put what follows from the fields of a request into the record as it would be."""
    if kind.aggregate.sources.isdisjoint(one.name for one in wanted.fields):
        return
    known = {name: getattr(after, name) for name in kind.aggregate.sources}
    for name, value in kind.aggregate.derive(known).items():
        setattr(after, name, value)


def missing(kind: Kind, before: Any, after: Any) -> list[Problem]:
    """Give what a record would lack or have wrong that it does not have now."""
    found = _lacking(kind, after)
    return newly(_lacking(kind, before), found) if found else []


def barred(kind: Kind, record: Any, wanted: Wanted, instances: Instances) -> list[str]:
    """Say why a request cannot take effect on its record as it is now."""
    if gone := _gone(kind, wanted, instances):
        told = _("What was chosen does not exist any more: %(places)s. Return the request.")
        return [told % {"places": items(gone)}]
    state = kind.life.state(record.state)
    if not state.is_in_force:
        told = _("The record is “%(state)s”: the change waits until it is approved again.")
        return [told % {"state": state.label}]
    moved = conflicts(kind, record, wanted)
    told = _("Meanwhile changed by somebody else: %(places)s. Return the request, or ask again.")
    places = dict.fromkeys(one.label for one in moved)
    return [told % {"places": items(places)}] if moved else []


def take_effect(
    kind: Kind,
    requests: Sequence[Any],
    act: Act,
    beside: Callable[[Any], Mapping[str, Any]],
    beside_row: Callable[[RowWish], Mapping[str, Any]],
) -> dict[int, dict[str, Any]]:
    """Make of records what requests ask for whose day has come; give what is written in those.

    `beside(record)` is what else is written in a record then, `beside_row(wish)` in a row that
    comes or changes. Raises Stale when somebody changed one of the same places meanwhile, or what
    does not fit to them; Duplicate when another record has a unique value.
    """
    today = timezone.localdate(act.at)
    due = [one for one in requests if one.holds_from is None or one.holds_from <= today]
    left = list(due)
    while left:
        first = {one.record_id: one for one in reversed(left)}  # one of each record at a time
        _apply(kind, list(first.values()), act, beside, beside_row)
        left = [one for one in left if one is not first[one.record_id]]
    return {one.pk: {"closed_at": act.at} for one in due}


def _apply(
    kind: Kind,
    requests: Sequence[Any],
    act: Act,
    beside: Callable[[Any], Mapping[str, Any]],
    beside_row: Callable[[RowWish], Mapping[str, Any]],
) -> None:
    records, instances = records_of(kind, requests, lock=True), instances_of(kind, requests)
    edits = []
    for request in requests:
        record, wanted = records[request.record_id], request.asks
        after = would_be(kind, record, wanted, instances)
        if barred(kind, record, wanted, instances) or missing(kind, record, after):
            raise Stale
        own = replace(act, reason=request.reason, source=f"change #{request.code}", key=None)
        values = _natives(header(kind), {one.name: one.new for one in wanted.fields}, instances)
        for name in kind.rules.before.keys() & values.keys():
            kind.rules.before[name](record, values, own)
        rows = {
            part.name: _inputs(part, record, wanted, instances, beside_row)
            for part in kind.parts
            if any(one.part == part.name for one in wanted.rows)
        }
        values |= beside(record)
        edits.append(Edit(record.pk, record.version, values, rows, act=own, always=True))
    if saving.bulk_change(kind.aggregate, edits, act=act, action=AMEND).stale:
        raise Stale


def _moved(part: Part, record: Any, wish: RowWish) -> frozenset[str] | None:
    """Give the columns in which a row was changed meanwhile, none for a whole one; else None."""
    rows = {row.pk: row for row in getattr(record, part.name).all()}
    if wish.op == ADD:
        stored = [row_of(columns(part), row) for row in rows.values()]
        is_there = any(one.fits(wish.new, row) for one in part.same_by for row in stored)
        return frozenset() if is_there else None
    if wish.pk not in rows:
        return None if wish.op == DEL else frozenset()
    now = row_of(columns(part), rows[wish.pk])
    asked = wish.old if wish.op == DEL else wish.new
    names = (one for one in asked if now[one] not in (wish.old.get(one), asked[one]))
    return frozenset(names) or None


def _given(kind: Kind, wanted: Wanted, what: str) -> list[tuple[Targets, Mapping[str, Any]]]:
    parts = {part.name: columns(part) for part in kind.parts}
    fields = {one.name: getattr(one, what) for one in wanted.fields}
    return [(header(kind), fields), *((parts[one.part], getattr(one, what)) for one in wanted.rows)]


def _gone(kind: Kind, wanted: Wanted, instances: Instances) -> list[str]:
    """Name the fields for which something was chosen that was deleted since."""
    return [
        str(capfirst(str(known[name].label)))
        for known, values in _given(kind, wanted, "new")
        for name, value in values.items()
        if value
        and known[name].kind in _POINTING
        and (known[name].field.related_model, value) not in instances
    ]


def _natives(known: Targets, values: Mapping[str, Any], instances: Instances) -> dict[str, Any]:
    """Give values as the model holds them, instances in the place of keys."""
    found = {}
    for name, value in values.items():
        target = known[name]
        if target.kind in _POINTING:
            found[name] = instances.get((target.field.related_model, value))
        else:
            make = plain.native(target.kind, {}) if value not in (None, "") else None
            found[name] = make(value) if make else value
    return found


def fill(known: Targets, row: Any, values: Mapping[str, Any], instances: Instances) -> None:
    """Put plain values into a row, or root, as the model holds them."""
    for name, value in _natives(known, values, instances).items():
        setattr(row, name, value)


def _copy(row: Any) -> Any:
    """Give a row of its own with the same values, which knows the same others."""
    after = copy.copy(row)
    after._state = ModelState()
    after._state.adding, after._state.db = row._state.adding, row._state.db
    after._state.fields_cache = dict(row._state.fields_cache)
    after.__dict__.pop("_prefetched_objects_cache", None)  # its rows are not those of the other
    return after


def _rows_after(
    part: Part, after: Any, record: Any, wanted: Wanted, instances: Instances
) -> list[Any]:
    wishes = {one.pk: one for one in wanted.rows if one.part == part.name and one.pk is not None}
    rows = []
    for stored in getattr(record, part.name).all():
        wish = wishes.get(stored.pk)
        if wish and wish.op == DEL:
            continue
        row = _copy(stored)
        if wish:
            fill(columns(part), row, wish.new, instances)
        rows.append(row)
    for wish in wanted.rows:
        if wish.part == part.name and wish.op == ADD:
            row = part.model(**{part.parent: after}, line=len(rows))
            fill(columns(part), row, wish.new, instances)
            rows.append(row)
    own = [one for one in wanted.rows if one.part == part.name]
    for flag in part.flags:  # as in _inputs: who asks for it takes it from whoever has it
        asking = {one.pk for one in own if one.new.get(flag)}
        for row in rows if asking else ():
            setattr(row, flag, getattr(row, flag) and row.pk in asking)
    return rows


def _inputs(
    part: Part,
    record: Any,
    wanted: Wanted,
    instances: Instances,
    beside_row: Callable[[RowWish], Mapping[str, Any]],
) -> list[RowInput]:
    """Give the whole list of a part as the request would have it."""
    own = [one for one in wanted.rows if one.part == part.name and one.op != DEL]
    gone = {one.pk for one in wanted.rows if one.part == part.name and one.op == DEL}

    def given(wish: RowWish | None) -> dict[str, Any]:
        if wish is None:
            return {}
        return {**_natives(columns(part), wish.new, instances), **beside_row(wish)}

    changed = {one.pk: one for one in own if one.op == MOD}
    stored = (row.pk for row in getattr(record, part.name).all() if row.pk not in gone)
    rows = [RowInput(pk, given(changed.get(pk))) for pk in stored]
    rows += [RowInput(None, given(one)) for one in own if one.op == ADD]
    for flag in part.flags:  # one row at most has it: the one for which it was asked
        if any(one.new.get(flag) for one in own):
            rows = [RowInput(one.pk, {flag: False, **one.values}) for one in rows]
    return rows


def _lacking(kind: Kind, record: Any) -> list[Problem]:
    marks = kind.aggregate.m2m
    names = [row.name for row in kind.catalog if row.form and row.name not in marks]
    values = {name: getattr(record, name) for name in (*names, *kind.rules.beside)}
    rows = {
        part.name: [part.catalog.typed_of(row) for row in getattr(record, part.name).all()]
        for part in kind.parts
    }
    wrong = [
        Problem(name, message, "")
        for name, message in kind.rules.problems(values, timezone.localdate()).items()
        if not is_blank(message)
    ]
    return [*kind.rules.missing(values, rows), *wrong]
