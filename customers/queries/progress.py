"""How far a record has come: the steps of its life with who and when, from the row's stamps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from core.models import Change
from customers.lifecycle import (
    APPROVED,
    DISABLED,
    DRAFT,
    ENABLED,
    OPEN_STATES,
    RETURNED,
    SUBMITTED,
)
from customers.models import Customer

DONE, CURRENT, TODO, ERROR = "done", "current", "todo", "error"

_HOW_FAR = {
    DRAFT: (CURRENT, TODO, TODO, TODO),
    SUBMITTED: (DONE, DONE, CURRENT, TODO),
    RETURNED: (DONE, ERROR, TODO, TODO),
    APPROVED: (DONE, DONE, DONE, CURRENT),
    ENABLED: (DONE, DONE, DONE, DONE),
    DISABLED: (DONE, DONE, DONE, ERROR),
}
_LABELS = (
    pgettext_lazy("step", "Enter"),
    lazy("Submit"),
    lazy("Approve"),
    lazy("Enable"),
)


@dataclass(frozen=True)
class Step:
    """One step: `step` is done, current, todo or error; who and when where it happened."""

    label: Any
    step: str
    icon: str
    who: Any = None
    at: datetime | None = None


@dataclass(frozen=True)
class Check:
    """The next regular check of an enabled record."""

    due: date
    is_overdue: bool


def approved_on(customer: Customer) -> date | None:
    """Give the day of the approval that is in force, for the seal; None where none is."""
    if customer.state not in (APPROVED, ENABLED, DISABLED) or customer.approved_at is None:
        return None
    return timezone.localdate(customer.approved_at)


def is_open(customer: Customer) -> bool:
    """Say whether the record is still being entered."""
    return customer.state in OPEN_STATES


def next_check(customer: Customer) -> Check | None:
    """Give the next regular check, or None while the record is not checked regularly."""
    due = customer.review_due_date
    if due is None or customer.state != ENABLED:
        return None
    return Check(due, due <= timezone.localdate())


def steps(customer: Customer, returned: Change | None) -> list[Step]:
    """Give the four steps; `returned` is the entry that sent a returned record back."""
    marks = _HOW_FAR[customer.state]
    stamps = [
        (customer.created_by, customer.created_at),
        (customer.submitted_by, customer.submitted_at),
        (customer.approved_by, customer.approved_at),
        (customer.enabled_by, customer.enabled_at),
    ]
    shown = []
    for label, mark, (who, at) in zip(_LABELS, marks, stamps, strict=True):
        if mark == ERROR:
            shown.append(_setback(customer, returned))
        elif mark == DONE or label is _LABELS[0]:
            shown.append(Step(label, mark, "check", who, at))
        else:
            shown.append(Step(label, mark, ""))
    return shown


def _setback(customer: Customer, returned: Change | None) -> Step:
    state = Customer.workflow.state(customer.state)
    if customer.state == DISABLED:
        return Step(state.label, ERROR, state.icon, customer.disabled_by, customer.disabled_at)
    if returned is None:
        return Step(state.label, ERROR, state.icon)
    return Step(state.label, ERROR, state.icon, returned.actor, returned.at)
