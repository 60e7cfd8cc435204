"""Bulk moves: freezes which records at which version, then moves them.

All together that nothing speaks against; overtaken by somebody, each in its own transaction.

What succeeded is read from the history, so a killed or doubled run does nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from django.db.transaction import atomic
from django.utils import timezone

from core.history import Act
from core.models import BulkAction, Change, User
from core.said import joined, packed
from core.said import said as _
from core.saving import Duplicate, Refused, SomeRefused, Stale, retried
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer
from customers.queries import bulk as bulk_queries
from customers.services import transition

LIMIT = 500


def freeze(name: str, items: Iterable[tuple[int, int]], *, by: User) -> BulkAction:
    """Keep which records (pk, version) a person wants to move. Raises Refused above the limit."""
    frozen = [[pk, version] for pk, version in items]
    if not frozen:
        raise Refused([_("Select records first.")])
    if len(frozen) > LIMIT:
        raise Refused([too_many(len(frozen))])
    return BulkAction.objects.create(
        user=by, workflow=WORKFLOW.name, action=WORKFLOW.transition(name).name, items=frozen
    )


def too_many(number: int | str) -> str:
    """Give the sentence that refuses so many records."""
    shown = f"{number:,}" if isinstance(number, int) else number
    return _("%(number)s records are too many at once; select %(limit)d at most.") % {
        "number": shown, "limit": LIMIT,
    }  # fmt: skip


def run(bulk_id: UUID, *, act: Act) -> BulkAction:
    """Move every record that is still as it was when selected; note why the others were not.

    `act.operation` is the id of the bulk action. Calling it again finishes what was left.
    """
    bulk = BulkAction.objects.get(pk=bulk_id)
    if bulk.done_at is not None:
        return bulk
    bulk.reason = act.reason
    bulk.save(update_fields=["reason"])
    done = bulk_queries.succeeded(bulk)
    left = {pk: version for pk, version in bulk.items if pk not in done}
    try:
        failures = _together(bulk.action, left, act)
    except (Stale, Duplicate):  # somebody came between: each by itself
        failures = {}
        for pk, version in left.items():
            failures |= _alone(bulk.action, pk, version, act)
    if failures:
        done = bulk_queries.succeeded(bulk)
    bulk.failures = {str(pk): packed(why) for pk, why in failures.items() if pk not in done}
    bulk.done_at = timezone.now()
    bulk.save(update_fields=["failures", "done_at"])
    return bulk


def expected(bulk: BulkAction, user: User) -> dict[int, str]:
    """Say by its key of each record that is as it was selected why the move will be refused.

    It asks what running asks, for all of them at once.
    """
    customers = transition.as_seen(dict(bulk.items), user)
    refused = transition.refusals(bulk.action, customers, user)
    return {pk: joined(one.problems) for pk, one in refused.items()}


@retried
def _together(name: str, versions: Mapping[int, int], act: Act) -> dict[int, str]:
    """Move at once all that can be; gives why others cannot. Raises Stale, Duplicate."""
    customers = transition.as_seen(versions, act.by)
    seen = {one.pk for one in customers}
    failures = {pk: _since_selected(pk, v, act.by) for pk, v in versions.items() if pk not in seen}
    while customers:
        try:
            with atomic():
                now = replace(act, key=None, at=timezone.now())
                transition.move_many(name, customers, act=now)
        except SomeRefused as some:
            failures |= {pk: joined(refused.problems) for pk, refused in some.refused.items()}
            customers = [one for one in customers if one.pk not in failures]
        else:
            break
    return failures


def _alone(name: str, pk: int, version: int, act: Act) -> dict[int, str]:
    """Move one record; gives the sentence why it was not possible, if it was not."""
    try:
        return _together(name, {pk: version}, act)
    except Duplicate as taken:
        return {pk: joined(taken.problems)}
    except Stale:
        return {pk: _since_selected(pk, version, act.by)}


def _since_selected(pk: int, version: int, user: User) -> str:
    if not Customer.objects.visible_to(user).filter(pk=pk).exists():
        gone = not Customer.objects.filter(pk=pk).exists()
        last = _last_change(pk) if gone else None
        if last is None:
            return _("You may not see it any more.")
        return _("%(name)s deleted it after you selected it.") % {"name": last.actor}
    last = _last_change(pk)
    if last is None or last.version == version:
        return _("It is being changed by somebody else at this moment.")
    return _("%(name)s changed it after you selected it; look at it again.") % {"name": last.actor}


def _last_change(pk: int) -> Change | None:
    entries = Change.objects.filter(subject_type=Customer._meta.label_lower, subject_id=pk)
    return entries.select_related("actor").order_by("-version").first()
