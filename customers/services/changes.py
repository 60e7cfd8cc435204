"""What moves of change requests ask and bring; the lifecycle names the public functions.

What a request would make of its customer is asked of the customer as it would be, by the same
checks as a review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.history import Act
from core.records.changes import applying
from core.saving import Refused
from core.workflow import Transition
from customers.models import Customer, CustomerChange
from customers.queries.change_review import Asked, Judgement
from customers.services import change_checks, moves
from customers.services.kinds import KIND

Brought = dict[int, dict[str, Any]]


def is_possible(requests: Sequence[CustomerChange], user: Any) -> dict[int, Refused]:
    """The customer is in force, nobody changed the same meanwhile, and nothing would be wrong."""
    asked = change_checks.asked_of(requests)
    found = {pk: _problems(one) for pk, one in asked.items()}
    fit = {pk: one for pk, one in asked.items() if not found[pk] and one.moves_numbers}
    if fit:
        taken = moves.numbers_free([one.after for one in fit.values()], user)
        found |= {pk: taken[one.after.pk].problems for pk, one in fit.items()}
    return {pk: Refused(problems) for pk, problems in found.items() if problems}


def judgement(requests: Sequence[CustomerChange], user: Any) -> dict[int, Judgement]:
    """Nobody approves what they asked for, or what the checks of the change find wrong."""
    return change_checks.judged(change_checks.asked_of(requests), user)


def taking_effect(
    move: Transition, requests: Sequence[CustomerChange], act: Act, _evidence: Any
) -> Brought:
    """Customers become what was approved, but for what waits for its day."""
    return applying.take_effect(KIND, requests, act, _beside)


def closing(
    move: Transition, requests: Sequence[CustomerChange], act: Act, _evidence: Any
) -> Brought:
    """What was withdrawn holds no fields or rows any more."""
    return {one.pk: {"closed_at": act.at} for one in requests}


def _problems(asked: Asked) -> list[str]:
    found = applying.barred(KIND, asked.before, asked.wanted, asked.instances)
    return found or [one.message for one in applying.missing(KIND, asked.before, asked.after)]


def _beside(customer: Customer) -> Mapping[str, Any]:
    """What was approved of a customer is the version that this makes."""
    return {"approved_version": customer.version + 1}
