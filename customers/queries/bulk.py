"""What is told about a bulk action: per record what will happen, or what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.models import BulkAction, Change
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer

READY, DONE, FAILED = "ready", "done", "failed"


@dataclass(frozen=True)
class Line:
    """One record of a bulk action; `customer` is None when it is gone or out of sight."""

    pk: int
    outcome: str
    sentence: str
    title: str
    customer: Customer | None


def succeeded(bulk: BulkAction) -> dict[int, str]:
    """Give primary key and name of every record that this bulk action moved."""
    entries = Change.objects.filter(
        operation=bulk.pk, subject_type=Customer._meta.label_lower, action=bulk.action
    )
    return dict(entries.values_list("subject_id", "subject_label"))


def lines(bulk: BulkAction, user: Any, expected: Mapping[int, str]) -> list[Line]:
    """Give every record in the order of selection, with what happened or what is to be expected.

    `expected` says by its key why a record that has not been moved yet will not be.
    """
    seen = Customer.objects.visible_to(user).select_related("created_by", "submitted_by")
    found = seen.in_bulk([pk for pk, _version in bulk.items])
    done = succeeded(bulk)
    return [_line(bulk, pk, version, found.get(pk), done, expected) for pk, version in bulk.items]


def _line(
    bulk: BulkAction, pk: int, version: int, customer: Customer | None, done: dict[int, str],
    expected: Mapping[int, str],
) -> Line:  # fmt: skip
    title = str(customer) if customer else done.get(pk, "")
    if pk in done:
        return Line(pk, DONE, str(WORKFLOW.transition(bulk.action).done), title, customer)
    if bulk.done_at is not None:
        return Line(pk, FAILED, bulk.failure(pk), title, customer)
    if customer is None:
        return Line(pk, FAILED, _("It is not there any more."), title, None)
    if customer.version != version:
        return Line(pk, FAILED, _("It was changed after you selected it."), title, customer)
    problem = expected.get(pk, "")
    return Line(pk, FAILED if problem else READY, problem, title, customer)
