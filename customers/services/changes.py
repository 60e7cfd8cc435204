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
from core.said import said as _
from core.saving import Refused
from core.workflow import Transition
from customers.models import Customer, CustomerChange, Policy
from customers.parts import BANK_ACCOUNTS
from customers.queries import change
from customers.queries.change_review import Asked, Judgement
from customers.services import change_checks, moves
from customers.services.kinds import KIND

Brought = dict[int, dict[str, Any]]


def is_possible(requests: Sequence[CustomerChange], user: Any) -> dict[int, Refused]:
    """The customer is in force, nobody changed the same meanwhile, and nothing would be wrong."""
    asked = change_checks.asked_of(requests)
    found = {pk: _problems(one) for pk, one in asked.items()}
    found |= _asked_twice([one for one in requests if not found[one.pk]], user)
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


def _asked_twice(requests: Sequence[CustomerChange], user: Any) -> dict[int, list[str]]:
    """Where the company wants it, nobody asks for two changes of accounts in a row."""
    about = [one for one in requests if one.area == BANK_ACCOUNTS.name]
    if not about or Policy.current().account_asker_twice:
        return {}
    last = change.last_askers(about)
    told = _("%(name)s asked for the last change of these accounts; somebody else must ask now.")
    askers = {one.pk: user if one.workflow.state(one.state).is_open else one.submitted_by
              for one in about}  # fmt: skip
    return {
        one.pk: [told % {"name": askers[one.pk]}]
        for one in about
        if last.get(one.record_id) == askers[one.pk].pk
    }


def _problems(asked: Asked) -> list[str]:
    found = applying.barred(KIND, asked.before, asked.wanted, asked.instances)
    return found or [one.message for one in applying.missing(KIND, asked.before, asked.after)]


def _beside(customer: Customer) -> Mapping[str, Any]:
    """What was approved of a customer is the version that this makes."""
    return {"approved_version": customer.version + 1}
