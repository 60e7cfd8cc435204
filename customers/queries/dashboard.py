"""Numbers and short lists for the dashboard of one user: capped, kept for a while, never per row.

A number above the cap reads "10,000+"; numbers are kept until something is written, charts for
a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import extend, history, pages, plans
from core.access import Seen, sees_everything
from core.records.changes.request import RETURNED as CHANGE_RETURNED
from core.records.part import fetch
from core.records.secrets import Discretion
from customers.lifecycle import APPROVED, DRAFT, RETURNED
from customers.models import Customer, CustomerChange
from customers.parts import PARTS
from customers.queries import duplicate, readiness, review
from customers.queries.customer import reasons_of, return_reasons

NUMBERS_KEPT = 30
CHARTS_KEPT = 60
OVERDUE = timedelta(hours=24)
WEEKS = 12
SHORT, LONG = 5, 7
_CHANGE = CustomerChange._meta.label_lower


@dataclass(frozen=True)
class Number:
    """A count that may only be known to be larger than the cap."""

    value: int
    is_capped: bool = False

    def __str__(self) -> str:
        return f"{self.value:,}+" if self.is_capped else f"{self.value:,}"


def number(name: str, user: Any, today: date) -> Number:
    """Give how many records there are of what COUNTED names, as a person sees them."""
    key = f"dashboard:{user.pk}:{name}:{today}:{history.stamp(user)}"
    known: Any = cache.get_or_set(
        key, lambda: pages.count(COUNTED[name](user, today)), NUMBERS_KEPT
    )
    return Number(*known)


def oldest_waiting(user: Any) -> list[tuple[Customer, review.Checklist]]:
    """Give the records that wait longest for a reviewer, each with what the machine checked."""
    customers = _OLDEST(user)
    fetch(PARTS, customers)
    return list(zip(customers, review.checklists(customers, user), strict=True))


def newest_returned(user: Any) -> list[tuple[Customer, str]]:
    """Give the records that came back to the user last, each with its reason."""
    found = _BACK(user, user.pk)
    reasons = return_reasons(found) if found else {}
    own = Discretion(extend.kind_of(Customer), found, user)
    return [(one, own.of(one)(reasons.get(one.pk, ""))) for one in found]


def newest_returned_changes(user: Any) -> list[tuple[CustomerChange, str]]:
    """Give the change requests that came back to the user last, each with its reason."""
    found = _CHANGES_BACK(user, user.pk)
    if not found:
        return []
    reasons = reasons_of(_CHANGE, [one.pk for one in found], ("return",))
    own = Discretion(extend.kind_of(Customer), [one.record for one in found], user)
    return [(one, own.of(one.record)(reasons.get(one.pk, ""))) for one in found]


def newest_drafts(user: Any) -> list[tuple[Customer, list[str]]]:
    """Give the drafts the user worked on last, each with what it lacks, each named once."""
    customers = _BEGUN(user, user.pk)
    fetch(PARTS, customers)
    others = duplicate.of_many(customers, user)
    return [(one, [*_missing(one), *_taken(others[one.pk])]) for one in customers]


def by_state(user: Any) -> dict[str, int]:
    """Give how many records there are in each state."""

    def count() -> dict[str, int]:
        found = _mine(user).order_by().values_list("state").annotate(n=Count("pk"))
        return dict(found)

    return _charted(user, "states", count)


def by_week(user: Any, today: date) -> dict[date, int]:
    """Give how many records were entered in each of twelve weeks, by their days, this one last."""
    monday = today - timedelta(days=today.weekday())
    starts = [monday - timedelta(weeks=weeks) for weeks in range(WEEKS - 1, -1, -1)]

    def count() -> dict[date, int]:
        counts = {
            f"week_{start:%Y%m%d}": Count(
                "pk",
                filter=Q(created_at__gte=_midnight(start))
                & Q(created_at__lt=_midnight(start + timedelta(weeks=1))),
            )
            for start in starts
        }
        recent = _mine(user).filter(created_at__gte=_midnight(starts[0]))
        found = recent.order_by().aggregate(**counts)
        return {start: found[f"week_{start:%Y%m%d}"] for start in starts}

    return _charted(user, f"weeks-{monday}", count)


def _mine(user: Any) -> Any:
    return Customer.objects.visible_to(user)


def _newest(rows: Any, *related: str) -> Any:
    return rows.select_related(*related).order_by("-updated_at", "-pk")[:SHORT]


# The records that changed last, as a person sees them.
newest_changed = Seen(Customer, lambda rows: _newest(rows, "updated_by"))
_BACK = Seen(Customer, lambda rows, by: _newest(rows.filter(state=RETURNED, submitted_by=by)))
_CHANGES_BACK = Seen(
    CustomerChange,
    lambda rows, by: _newest(rows.filter(state=CHANGE_RETURNED, submitted_by=by), "record"),
)
_BEGUN = Seen(
    Customer,
    lambda rows, by: _newest(
        rows.filter(state=DRAFT, created_by=by),
        "customer_type", "region", "department", "salesperson",
    ),
)  # fmt: skip
_OLDEST = Seen(
    Customer,
    lambda rows: (
        rows.awaiting_review()
        .select_related("submitted_by", "customer_type", "scope_unit")
        .order_by("submitted_at", "pk")[:LONG]
    ),
)
# Approved records that wait to be enabled, the oldest approval first.
longest_approved = Seen(
    Customer,
    lambda rows: (
        rows.filter(state=APPROVED)
        .select_related("approved_by")
        .order_by("approved_at", "pk")[:SHORT]
    ),
)


def _late(user: Any, _today: date) -> QuerySet[Customer]:
    return review.queue(user).filter(submitted_at__lte=timezone.now() - OVERDUE)


def _due(user: Any, today: date) -> Any:
    """Give those due, however few of everything the user sees."""

    def narrow(rows: Any) -> Any:
        return rows.enabled().filter(review_due_date__lte=today)

    return plans.settled(_mine(user), pages.CAP, narrow)


COUNTED: dict[str, Callable[[Any, date], Any]] = {
    "waiting": lambda user, _today: review.queue(user),
    "overdue": _late,
    "returned": lambda user, _today: _mine(user).filter(state=RETURNED, submitted_by=user),
    "changes": lambda user, _today: CustomerChange.objects.visible_to(user).filter(
        state=CHANGE_RETURNED, submitted_by=user
    ),
    "drafts": lambda user, _today: _mine(user).filter(state=DRAFT, created_by=user),
    "approved": lambda user, _today: _mine(user).filter(state=APPROVED),
    "due": _due,
    "new": lambda user, today: _mine(user).filter(created_at__gte=_midnight(today.replace(day=1))),
}


def _missing(customer: Customer) -> list[str]:
    names = dict.fromkeys(problem.field for problem in readiness.of_customer(customer))
    return [_label(name) for name in names]


def _taken(obstacles: list[duplicate.Obstacle]) -> list[str]:
    return [
        _("%(label)s (used by another)") % {"label": label}
        if one.hit.field != "name"
        else _("reason for the equal name")
        for one in obstacles
        for label in one.labels
    ]


def _label(name: str) -> str:
    """The words for a place where something is missing: a field, or a part of the record."""
    column = Customer._meta.get_field(name)
    named: Any = column if column.concrete else column.related_model._meta  # type: ignore[union-attr]
    return capfirst(str(named.verbose_name))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def _charted(user: Any, name: str, count: Callable[[], Any]) -> Any:
    """Keep a chart per circle of vision: it costs most, and everybody in it sees the same."""
    if sees_everything(user):
        circle = "all"
    else:
        circle = f"unit-{user.unit_id}" if user.unit_id else f"user-{user.pk}"
    key = f"dashboard:{circle}:{name}"
    return cache.get_or_set(key, count, CHARTS_KEPT)
