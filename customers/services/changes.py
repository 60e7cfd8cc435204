"""What moves of change requests ask and bring; the lifecycle names the public functions.

What a request would make of its customer is asked of the customer as it would be, by the same
checks as a review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.history import Act
from core.records.changes import applying
from core.records.changes.wanted import RowWish
from core.saving import Refused
from core.workflow import Transition
from customers.models import Customer, CustomerChange, Policy
from customers.queries.change_review import Judgement
from customers.services import change_checks
from customers.services.kinds import KIND

Brought = dict[int, dict[str, Any]]


def is_possible(requests: Sequence[CustomerChange], user: Any) -> dict[int, Refused]:
    """The customer is in force, nobody changed the same meanwhile, and nothing would be wrong."""
    found = change_checks.barred(change_checks.asked_of(requests), user)
    return {pk: Refused(problems) for pk, problems in found.items()}


def judgement(requests: Sequence[CustomerChange], user: Any) -> dict[int, Judgement]:
    """It is possible still; nobody approves what they asked for, or the checks find wrong."""
    return change_checks.judged(change_checks.asked_of(requests), user)


def taking_effect(
    move: Transition, requests: Sequence[CustomerChange], act: Act, _evidence: Any
) -> Brought:
    """Customers become what was approved, but for what waits for its day."""
    day = timezone.localdate(act.at) + timedelta(days=Policy.current().account_wait_days)

    def beside_row(wish: RowWish) -> Mapping[str, Any]:
        """A new number is used when the company's time of waiting is over."""
        return {"usable_from": day} if "account_number" in wish.new else {}

    return applying.take_effect(KIND, requests, act, _beside, beside_row)


def closing(
    move: Transition, requests: Sequence[CustomerChange], act: Act, _evidence: Any
) -> Brought:
    """What was withdrawn holds no fields or rows any more."""
    return {one.pk: {"closed_at": act.at} for one in requests}


def _beside(customer: Customer) -> Mapping[str, Any]:
    """What was approved of a customer is the version that this makes."""
    return {"approved_version": customer.version + 1}
