"""Where a record stands: whether it is open, its next regular check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from customers.lifecycle import OPEN_STATES, USABLE
from customers.models import Customer


@dataclass(frozen=True)
class Check:
    """The next regular check of an enabled record."""

    due: date
    is_overdue: bool


def is_open(customer: Customer) -> bool:
    """Say whether the record is still being entered."""
    return customer.state in OPEN_STATES


def next_check(customer: Customer) -> Check | None:
    """Give the next regular check, or None while the record is not checked regularly."""
    due = customer.review_due_date
    if due is None or customer.state not in USABLE:
        return None
    return Check(due, due <= timezone.localdate())
