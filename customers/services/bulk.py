"""Bulk moves: freezes which records at which version, then moves them.

All together that nothing speaks against; deleted, or overtaken by somebody, one by one, each in its
own transaction.

What succeeded is read from the history, so a killed or doubled run does nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from django.db.models import QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from core.history import Act
from core.models import BulkAction, Change, User
from core.said import joined, packed
from core.said import said as _
from core.saving import Duplicate, Refused, Stale, retried
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer
from customers.queries import bulk as bulk_queries
from customers.services import moving, transition

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
    BulkAction.objects.filter(pk=bulk_id).update(reason=act.reason)
    done = bulk_queries.succeeded(bulk)
    failures: dict[str, str] = {}
    if WORKFLOW.transition(bulk.action).target:
        left = {pk: version for pk, version in bulk.items if pk not in done}
        failures = _together(bulk.action, left, replace(act, key=None, at=timezone.now()))
        done = bulk_queries.succeeded(bulk)
    left = {pk: v for pk, v in bulk.items if pk not in done and str(pk) not in failures}
    failures |= _one_by_one(bulk.action, left, act)
    done = bulk_queries.succeeded(bulk)
    BulkAction.objects.filter(pk=bulk_id).update(
        failures={pk: packed(why) for pk, why in failures.items() if int(pk) not in done},
        done_at=timezone.now(),
    )
    bulk.refresh_from_db()
    return bulk


def expected(bulk: BulkAction, user: User) -> dict[int, str]:
    """Say by its key of each record that is as it was selected why the move will be refused.

    It asks what running asks, for all of them at once.
    """
    versions = dict(bulk.items)
    found = _seen(versions, user)
    customers = [one for one in found if one.version == versions[one.pk]]
    problems = moving.problems(bulk.action, customers, user)
    return {pk: joined(why) for pk, why in problems.items()}


def _seen(versions: Mapping[int, int], user: User) -> QuerySet[Customer]:
    seen = Customer.objects.visible_to(user).select_related(*transition.RELATED)
    return seen.filter(pk__in=versions).order_by("pk")


def _one_by_one(name: str, versions: Mapping[int, int], act: Act) -> dict[str, str]:
    """Move each by itself, again while one that went cleared the way for another."""
    left, failures = dict(versions), dict.fromkeys(map(str, versions), "")
    while left:
        before = len(left)
        for pk, version in list(left.items()):
            problem = _moved(name, pk, version, replace(act, key=None, at=timezone.now()))
            failures[str(pk)] = problem
            if not problem:
                del left[pk]
        if len(left) == before or WORKFLOW.transition(name).target:
            break
    return {pk: problem for pk, problem in failures.items() if problem}


@retried
def _together(name: str, versions: Mapping[int, int], act: Act) -> dict[str, str]:
    """Move at once all that can be; gives why others cannot, and leaves the rest to be tried."""
    found = _seen(versions, act.by)
    customers = [one for one in found if one.version == versions[one.pk]]
    failures: dict[str, str] = {}
    while customers:
        try:
            with atomic():
                moving.move_many(name, customers, dict.fromkeys(versions, act), act=act)
        except moving.SomeRefused as refused:
            failures |= {str(pk): joined(why) for pk, why in refused.problems.items()}
            customers = [one for one in customers if str(one.pk) not in failures]
        except (Stale, Duplicate):
            return {}
        else:
            break
    return failures


def _moved(name: str, pk: int, version: int, act: Act) -> str:
    """Move one record; give "" or the sentence why it was not possible."""
    try:
        transition.perform(name, pk, version=version, act=act, bulk=True)
    except Refused as refused:
        return joined(refused.problems)
    except Stale:
        return _since_selected(pk, version, act.by)
    return ""


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
