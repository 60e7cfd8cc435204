"""Moves customers through their life; the table in customers/lifecycle.py decides, this acts."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone

from core import saving
from core.history import Act
from core.said import said as _
from core.workflow import Transition
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer
from customers.queries import obstacle, readiness, review
from customers.services import aggregates, coding, policy


class EvidenceMoved(saving.Stale):
    """The record is as it was, but what the machine found about it is not any more."""


# What a move looks at beside the row.
RELATED = ("customer_type", "region", "category", "created_by", "submitted_by")


@saving.retried
def perform(
    name: str,
    pk: int,
    *,
    version: int,
    act: Act,
    digest: str | None = None,
    confirmed: bool = False,
    then_enable: bool = False,
    bulk: bool = False,
) -> Customer | None:
    """Make one move of the lifecycle; gives the record, or None when it was deleted.

    To approve, `digest` must name the checklist that was on the screen (not in `bulk`, where the
    evidence is not shown). Raises Refused, Stale (or EvidenceMoved), Repeated, KeyReused; then
    nothing is written.
    """
    with saving.once(act) as ticket:
        customer = _visible(pk, version, act)
        if name == "approve":
            moved = _approve(customer, act, digest=digest, confirmed=confirmed, bulk=bulk)
            if then_enable:
                moved = _move(moved, WORKFLOW.transition("enable"), act)
        elif name == "submit":
            moved = submit(customer, act=act)
        else:
            moved = _move(customer, WORKFLOW.transition(name), act)
        ticket.result = str(pk)
    return moved


def submit(customer: Customer, *, act: Act) -> Customer:
    """Submit a record inside the caller's transaction; it gets its code at the latest now.

    Raises Refused with the fields that are missing or taken, Stale.
    """
    prefetch_related_objects([customer], "contacts", "bank_accounts")
    transition = WORKFLOW.transition("submit")
    _require_move(customer, transition, act)
    missing = readiness.of_customer(customer)
    if missing:
        fields = {_place(problem): problem.message for problem in missing}
        raise saving.Refused([problem.message for problem in missing], fields)
    _require_free_numbers(customer, act)
    return _move(customer, transition, act, submission(customer))


def moved(transition: Transition, act: Act, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a move writes: who and when, the values it brings, the state."""
    return {**transition.stamped(act.at, act.by), **values, "state": transition.target}


def submission(customer: Customer) -> dict[str, Any]:
    """Give what submitting brings, a code that is drawn now included. Raises Refused."""
    brought: dict[str, Any] = {"four_eyes": False}
    if not customer.code:
        parts = {n: getattr(customer, n) for n in ("region", "customer_type", "category")}
        brought["code"] = coding.draw(parts, needed=True)
        coding.remember(brought["code"], customer.pk)
    return brought


def approval(act: Act) -> dict[str, Any]:
    """Give what approving brings beside the version that was looked at."""
    return {"four_eyes": policy.current().four_eyes, "review_due_date": next_review(act.at)}


def next_review(at: datetime) -> date:
    """Give the day of the next regular review of a record approved or checked at `at`."""
    day = timezone.localdate(at)
    months = day.month - 1 + policy.current().review_months
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _approve(
    customer: Customer, act: Act, *, digest: str | None, confirmed: bool, bulk: bool
) -> Customer:
    transition, confirmed = WORKFLOW.transition("approve"), confirmed and not bulk
    _require_move(customer, transition, act)
    prefetch_related_objects([customer], "contacts", "bank_accounts__bank")
    checked = review.checklist(customer, act.by)
    if not bulk and digest != checked.digest:
        raise EvidenceMoved
    if problems := checked.problems(confirmed=confirmed):
        raise saving.Refused(problems)
    values = {**approval(act), "approved_version": customer.version + 1}
    evidence = checked.evidence(shown=not bulk, confirmed=confirmed)
    return _move(customer, transition, act, values, evidence)


def _require_move(customer: Customer, transition: Transition, act: Act) -> None:
    """Ask for right and state first: without them nothing about the record is told."""
    problem = WORKFLOW.first_problem(transition, customer, act.by)
    if problem:
        raise saving.Refused([problem])


def _move(
    customer: Customer,
    transition: Transition,
    act: Act,
    values: dict[str, Any] | None = None,
    evidence: Any = None,
) -> Any:
    problems = WORKFLOW.problems(transition, customer, act.by)
    if problems:
        raise saving.Refused(problems)
    if transition.comment_required and not act.reason.strip():
        sentence = _("Give a reason.")
        raise saving.Refused([sentence], {"reason": sentence})
    if not transition.target:
        saving.delete(aggregates.CUSTOMER, customer.pk, version=customer.version, act=act)
        return None
    return saving.change(
        aggregates.CUSTOMER,
        customer.pk,
        moved(transition, act, values or {}),
        version=customer.version,
        act=act,
        action=transition.name,
        evidence=evidence,
        always=True,
    )


def _visible(pk: int, version: int, act: Act) -> Customer:
    found = Customer.objects.visible_to(act.by).select_related(*RELATED)
    customer = found.filter(pk=pk).first()
    if customer is None or customer.version != version:
        raise saving.Stale
    return customer


def _require_free_numbers(customer: Customer, act: Act) -> None:
    found = obstacle.of_one(customer, act.by)
    if not found:
        return
    fields = {
        name: one.sentence
        if name == obstacle.REASON
        else _("Already used by %(who)s.") % {"who": one.hit}
        for one in found
        for name in one.fields
    }
    raise saving.Refused([one.sentence for one in found], fields)


def _place(problem: Any) -> str:
    parts = (problem.field, problem.row, problem.column or None)
    return "-".join(str(part) for part in parts if part is not None)
