"""Bulk moves: freezes which records at which version, then moves them.

All together that nothing speaks against; overtaken by somebody, each in its own transaction.

What succeeded is read from the history, so a killed or doubled run does nothing twice. It is told
per record: what will happen, or what came of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.transaction import atomic
from django.utils import timezone

from core.history import Act
from core.models import BulkAction, Change, User
from core.records import transition
from core.records.kind import Kind
from core.said import joined, packed
from core.said import said as _
from core.saving import Duplicate, Refused, SomeRefused, Stale, retried

LIMIT = 500


def freeze(kind: Kind, name: str, items: Iterable[tuple[int, int]], *, by: User) -> BulkAction:
    """Keep which records (pk, version) a person wants to move. Raises Refused above the limit."""
    frozen = [[pk, version] for pk, version in items]
    if not frozen:
        raise Refused([_("Select records first.")])
    if len(frozen) > LIMIT:
        raise Refused([too_many(len(frozen))])
    return BulkAction.objects.create(
        user=by, workflow=kind.life.name, action=kind.life.transition(name).name, items=frozen
    )


def too_many(number: int | str, limit: int | None = None) -> str:
    """Give the sentence that refuses so many records."""
    shown = f"{number:,}" if isinstance(number, int) else number
    return _("%(number)s records are too many at once; select %(limit)d at most.") % {
        "number": shown, "limit": LIMIT if limit is None else limit,
    }  # fmt: skip


def run(kind: Kind, bulk_id: UUID, *, act: Act) -> BulkAction:
    """Move every record that is still as it was when selected; note why the others were not.

    `act.operation` is the id of the bulk action. Calling it again finishes what was left.
    """
    bulk = BulkAction.objects.get(pk=bulk_id)
    if bulk.done_at is not None:
        return bulk
    bulk.reason = act.reason
    bulk.save(update_fields=["reason"])
    done = succeeded(kind, bulk)
    left = {pk: version for pk, version in bulk.items if pk not in done}
    try:
        failures = _together(kind, bulk.action, left, act)
    except (Stale, Duplicate):  # somebody came between: each by itself
        failures = {}
        for pk, version in left.items():
            failures |= _alone(kind, bulk.action, pk, version, act)
    if failures:
        done = succeeded(kind, bulk)
    bulk.failures = {str(pk): packed(why) for pk, why in failures.items() if pk not in done}
    bulk.done_at = timezone.now()
    bulk.save(update_fields=["failures", "done_at"])
    return bulk


def expected(kind: Kind, bulk: BulkAction, user: User) -> transition.Asked:
    """Give what speaks against moving the records that are as they were selected, and for doubt.

    It asks what running asks, for all of them at once.
    """
    records = transition.as_seen(kind, dict(bulk.items), user)
    return transition.ask(kind.life, kind.life.transition(bulk.action), records, user)


def succeeded(kind: Kind, bulk: BulkAction) -> dict[int, str]:
    """Give primary key and name of every record that this bulk action moved."""
    entries = Change.objects.filter(
        operation=bulk.pk, subject_type=kind.aggregate.subject_type, action=bulk.action
    )
    return dict(entries.values_list("subject_id", "subject_label"))


@retried
def _together(kind: Kind, name: str, versions: Mapping[int, int], act: Act) -> dict[int, str]:
    """Move at once all that can be; gives why others cannot. Raises Stale, Duplicate."""
    records = transition.as_seen(kind, versions, act.by)
    seen = {one.pk for one in records}
    failures = {
        pk: _since_selected(kind, pk, v, act.by) for pk, v in versions.items() if pk not in seen
    }
    while records:
        try:
            with atomic():
                now = replace(act, key=None, at=timezone.now())
                transition.move_many(kind, name, records, act=now)
        except SomeRefused as some:
            failures |= {pk: joined(refused.problems) for pk, refused in some.refused.items()}
            records = [one for one in records if one.pk not in failures]
        else:
            break
    return failures


def _alone(kind: Kind, name: str, pk: int, version: int, act: Act) -> dict[int, str]:
    """Move one record; gives the sentence why it was not possible, if it was not."""
    try:
        return _together(kind, name, {pk: version}, act)
    except Duplicate as taken:
        return {pk: joined(taken.problems)}
    except Stale:
        return {pk: _since_selected(kind, pk, version, act.by)}


def _since_selected(kind: Kind, pk: int, version: int, user: User) -> str:
    if not kind.seen_by(user).filter(pk=pk).exists():
        gone = not kind.model._default_manager.filter(pk=pk).exists()
        last = _last_change(kind, pk) if gone else None
        if last is None:
            return _("You may not see it any more.")
        return _("%(name)s deleted it after you selected it.") % {"name": last.actor}
    last = _last_change(kind, pk)
    if last is None or last.version == version:
        return _("It is being changed by somebody else at this moment.")
    return _("%(name)s changed it after you selected it; look at it again.") % {"name": last.actor}


def _last_change(kind: Kind, pk: int) -> Change | None:
    entries = Change.objects.filter(subject_type=kind.aggregate.subject_type, subject_id=pk)
    return entries.select_related("actor").order_by("-version").first()


READY, DONE, FAILED = "ready", "done", "failed"
NOTHING = transition.Asked({}, {})


@dataclass(frozen=True)
class Line:
    """One record of a bulk action; `record` is None when it is gone or out of sight.

    `doubts` are what a person should look at before a move that is possible.
    """

    pk: int
    outcome: str
    sentence: str
    title: str
    record: Any
    doubts: Sequence[str] = ()


def lines(
    kind: Kind, bulk: BulkAction, user: Any, expected: transition.Asked = NOTHING
) -> list[Line]:
    """Give every record in the order of selection, with what happened or what is to be expected.

    `expected` is what was asked of those that have not been moved yet.
    """
    rows = kind.seen_by(user).select_related(*kind.related)
    found = rows.in_bulk([pk for pk, _version in bulk.items])
    done = succeeded(kind, bulk)
    return [
        _line(kind, bulk, pk, version, found.get(pk), done, expected) for pk, version in bulk.items
    ]


def _line(
    kind: Kind, bulk: BulkAction, pk: int, version: int, record: Any, done: dict[int, str],
    expected: transition.Asked,
) -> Line:  # fmt: skip
    title = kind.title(record) if record else done.get(pk, "")
    if pk in done:
        return Line(pk, DONE, str(kind.life.transition(bulk.action).done), title, record)
    if bulk.done_at is not None:
        return Line(pk, FAILED, bulk.failure(pk), title, record)
    if record is None:
        return Line(pk, FAILED, _("It is not there any more."), title, None)
    if record.version != version:
        return Line(pk, FAILED, _("It was changed after you selected it."), title, record)
    if refused := expected.refused.get(pk):
        return Line(pk, FAILED, joined(refused.problems), title, record)
    shown = expected.evidence.get(pk)
    return Line(pk, READY, "", title, record, shown.doubts if shown else ())
