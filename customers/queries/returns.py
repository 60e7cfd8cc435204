"""How records came back from review: the last return, its reasons, how often they were sent."""

from __future__ import annotations

from collections.abc import Iterable

from core import history
from core.models import Change
from customers.lifecycle import CUSTOMER as LIFE
from customers.lifecycle import RETURNED
from customers.models import Customer

RETURNING = tuple(move.name for move in LIFE.leading_to(RETURNED))
SUBJECT = Customer._meta.label_lower


def last_return(customer: Customer) -> Change | None:
    """Give the newest entry that sent the record back to be changed, or None."""
    return history.of(SUBJECT, customer.pk).filter(action__in=RETURNING).first()


def standing_return(customer: Customer) -> Change | None:
    """Give the entry that returned the record, while it still stands returned."""
    return last_return(customer) if customer.state == RETURNED else None


def return_reasons(customers: Iterable[Customer]) -> dict[int, str]:
    """Give the newest reason of return for each of some customers, in one query."""
    found = Change.objects.filter(
        subject_type=SUBJECT,
        subject_id__in=[customer.pk for customer in customers],
        action__in=RETURNING,
    ).order_by("version")
    return dict(found.values_list("subject_id", "reason"))


def submissions(customer: Customer) -> int:
    """Count how often the record was submitted."""
    return history.of(SUBJECT, customer.pk).filter(action="submit").count()
