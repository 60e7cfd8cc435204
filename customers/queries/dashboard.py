"""Numbers and short lists for the dashboard of one user: capped, kept for a while, never per row.

A number above the cap reads "10,000+"; numbers are kept until something is written, charts for
a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import history, pages, plans
from core.access import Seen, sees_everything
from core.filters import listed
from customers.lifecycle import APPROVED, DRAFT, RETURNED
from customers.models import Customer
from customers.parts import fetch
from customers.queries import duplicate, readiness, review
from customers.queries.customer import return_reasons

NUMBERS_KEPT = 30
CHARTS_KEPT = 60
OVERDUE = timedelta(hours=24)
WEEKS = 12
SHORT, LONG = 5, 7
MOST_ON_BADGE = 999


@dataclass(frozen=True)
class Number:
    """A count that may only be known to be larger than the cap."""

    value: int
    is_capped: bool = False

    def __str__(self) -> str:
        return f"{self.value:,}+" if self.is_capped else f"{self.value:,}"


@dataclass(frozen=True)
class Draft:
    """A draft of the user with the fields it still lacks, each named once."""

    customer: Customer
    missing: list[str] = field(default_factory=list)

    @property
    def names(self) -> str:
        """What is missing, as one phrase."""
        return listed(self.missing)


@dataclass(frozen=True)
class Returned:
    """A record that came back to the user, with the reason."""

    customer: Customer
    reason: str


@dataclass(frozen=True)
class Waiting:
    """A record that waits for a reviewer, with its machine checklist."""

    customer: Customer
    checked: review.Checklist


@dataclass(frozen=True)
class Week:
    """Customers entered in the week that begins on `start`."""

    start: date
    value: int


def waiting(user: Any) -> Number:
    """Count the records that wait for a reviewer."""
    return _number(user, "waiting", lambda: review.queue(user))


def waiting_long(user: Any) -> Number:
    """Count those that wait longer than a day."""
    since = timezone.now() - OVERDUE
    return _number(user, "waiting-long", lambda: review.queue(user).filter(submitted_at__lte=since))


def returned_to(user: Any) -> Number:
    """Count the records that came back to the user."""
    return _number(user, "returned", lambda: _returned(user))


def drafts_of(user: Any) -> Number:
    """Count the drafts that the user made."""
    return _number(user, "drafts", lambda: _drafts(user))


def to_enable(user: Any) -> Number:
    """Count the records that are approved and not enabled."""
    return _number(user, "to-enable", lambda: _mine(user).filter(state=APPROVED))


def to_check(user: Any, today: date) -> Number:
    """Count the enabled records whose regular check is due."""
    return _number(
        user,
        "to-check",
        lambda: _few(user, lambda rows: rows.enabled().filter(review_due_date__lte=today)),
    )


def entered_since(user: Any, start: date) -> Number:
    """Count the records entered since the beginning of a day."""
    return _number(
        user,
        f"entered-{start}",
        lambda: _mine(user).filter(created_at__gte=_midnight(start)),
    )


def badge(user: Any) -> int | None:
    """Give the number beside "To review" in the navigation; it stops at 999."""
    return _ON_BADGE.count(user) or None


def oldest_waiting(user: Any) -> list[Waiting]:
    """Give the records that wait longest for a reviewer, each with what the machine checked."""
    customers = _OLDEST(user)
    fetch(customers)
    checked = review.checklists(customers, user)
    return [Waiting(*pair) for pair in zip(customers, checked, strict=True)]


def newest_changed(user: Any) -> list[Customer]:
    """Give the records that changed last."""
    return _CHANGED(user)


def longest_approved(user: Any) -> list[Customer]:
    """Give approved records that wait to be enabled, the oldest approval first."""
    return _LONGEST(user)


def newest_returned(user: Any) -> list[Returned]:
    """Give the records that came back to the user last, each with its reason."""
    found = _BACK(user, user.pk)
    reasons = return_reasons(found) if found else {}
    return [Returned(customer, reasons.get(customer.pk, "")) for customer in found]


def newest_drafts(user: Any) -> list[Draft]:
    """Give the drafts the user worked on last, each with what it lacks."""
    customers = _BEGUN(user, user.pk)
    fetch(customers)
    others = duplicate.of_many(customers, user)
    return [Draft(one, [*_missing(one), *_taken(others[one.pk])]) for one in customers]


def by_state(user: Any) -> dict[str, int]:
    """Give how many records there are in each state."""

    def count() -> dict[str, int]:
        found = _mine(user).order_by().values_list("state").annotate(n=Count("pk"))
        return dict(found)

    return _charted(user, "states", count)


def by_week(user: Any, today: date) -> list[Week]:
    """Give how many records were entered in each of the last twelve weeks, this one last."""
    monday = today - timedelta(days=today.weekday())
    starts = [monday - timedelta(weeks=weeks) for weeks in range(WEEKS - 1, -1, -1)]

    def count() -> list[Week]:
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
        return [Week(start, found[f"week_{start:%Y%m%d}"]) for start in starts]

    return _charted(user, f"weeks-{monday}", count)


def _mine(user: Any) -> Any:
    return Customer.objects.visible_to(user)


def _newest(rows: Any, *related: str) -> Any:
    return rows.select_related(*related).order_by("-updated_at", "-pk")[:SHORT]


_CHANGED = Seen(Customer, lambda rows: _newest(rows, "updated_by"))
_BACK = Seen(Customer, lambda rows, by: _newest(rows.filter(state=RETURNED, submitted_by=by)))
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
_LONGEST = Seen(
    Customer,
    lambda rows: (
        rows.filter(state=APPROVED)
        .select_related("approved_by")
        .order_by("approved_at", "pk")[:SHORT]
    ),
)


def _on_badge(rows: Any) -> QuerySet[Any]:
    """Give the keys of what waits for a review, as many as the badge can tell."""
    return rows.awaiting_review().values("pk")[:MOST_ON_BADGE]


_ON_BADGE = Seen(Customer, _on_badge)


def _few(user: Any, narrow: Callable[[Any], Any]) -> Any:
    """Give what `narrow` leaves of all that the user sees, however little of everything that is."""
    return plans.settled(_mine(user), pages.CAP, narrow)


def _drafts(user: Any) -> QuerySet[Customer]:
    return _mine(user).filter(state=DRAFT, created_by=user)


def _returned(user: Any) -> QuerySet[Customer]:
    return _mine(user).filter(state=RETURNED, submitted_by=user)


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


def _number(user: Any, name: str, rows: Callable[[], QuerySet[Customer]]) -> Number:
    key = f"dashboard:{user.pk}:{name}:{history.stamp(user)}"
    known: Any = cache.get_or_set(key, lambda: pages.count(rows()), NUMBERS_KEPT)
    return Number(*known)


def _charted(user: Any, name: str, count: Callable[[], Any]) -> Any:
    """Keep a chart per circle of vision: it costs most, and everybody in it sees the same."""
    if sees_everything(user):
        circle = "all"
    else:
        circle = f"unit-{user.unit_id}" if user.unit_id else f"user-{user.pk}"
    key = f"dashboard:{circle}:{name}"
    return cache.get_or_set(key, count, CHARTS_KEPT)
