"""Moves many customers through their life in few statements; transition.py moves one.

A test compares the two: the same come through, and leave the same behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from core import saving
from core.aggregate import Edit
from core.history import Act
from core.models import User
from core.said import said as _
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer
from customers.queries import review
from customers.services import aggregates, bulk_codes, guards, transition

Problems = dict[int, list[str]]
# Values and evidence by key.
Brought = dict[int, tuple[dict[str, Any], Any]]


class SomeRefused(Exception):
    """Some of many records may not move; `problems` are the sentences by their keys."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(len(problems))
        self.problems = problems


def problems(name: str, customers: Sequence[Customer], user: User) -> Problems:
    """Say by its key of each of many records why the move would be refused, in few queries.

    It writes nothing and draws no code; deleting is asked about as well.
    """
    move = WORKFLOW.transition(name)
    if name in _BRINGS:
        prefetch_related_objects(customers, "contacts", "bank_accounts__bank")
    found = WORKFLOW.problems_of(move, customers, user)
    fit = [one for one in customers if one.pk not in found]
    if name in _ALSO and fit:
        found |= _ALSO[name](fit, user)
    return found


def move_many(
    name: str, customers: Sequence[Customer], acts: Mapping[int, Act], *, act: Act
) -> None:
    """Make one move, but deleting, of many records inside the caller's transaction.

    As transition.perform() would in bulk, one after the other. The instances get their codes;
    `acts` are their own by their keys, all of one person. Raises SomeRefused, Stale, Duplicate.
    """
    move = WORKFLOW.transition(name)
    if move.comment_required and not act.reason.strip():
        raise SomeRefused({one.pk: [_("Give a reason.")] for one in customers})
    if name in _BRINGS:
        prefetch_related_objects(customers, "contacts", "bank_accounts__bank")
    problems = WORKFLOW.problems_of(move, customers, act.by)
    brought: Brought = {}
    if name in _BRINGS:
        fit = [one for one in customers if one.pk not in problems]
        found, brought = _BRINGS[name](fit, act)
        problems |= found
    if problems:
        raise SomeRefused(problems)
    edits = []
    for customer in customers:
        own = acts[customer.pk]
        values, evidence = brought.get(customer.pk, ({}, None))
        edit = Edit(customer.pk, customer.version, act=own, evidence=evidence, always=True)
        edit.values = transition.moved(move, own, values)
        edits.append(edit)
    if saving.bulk_change(aggregates.CUSTOMER, edits, act=act, action=name).stale:
        raise saving.Stale
    for customer, edit in zip(customers, edits, strict=True):
        customer.code = edit.values.get("code", customer.code)


def _unsubmitted(customers: Sequence[Customer], _user: User) -> Problems:
    found = guards.twins(customers)
    for pk, problem in bulk_codes.why_none(customers).items():
        found.setdefault(pk, []).append(problem)
    return found


def _unapproved(customers: Sequence[Customer], user: User) -> Problems:
    checked = zip(customers, review.checklists(customers, user), strict=True)
    told = {one.pk: checks.problems(confirmed=False) for one, checks in checked}
    return {pk: problems for pk, problems in told.items() if problems}


def _undeleted(customers: Sequence[Customer], _user: User) -> Problems:
    used = saving.in_use(aggregates.CUSTOMER, [one.pk for one in customers])
    return {pk: [sentence] for pk, sentence in used.items()}


def _submission(customers: Sequence[Customer], _act: Act) -> tuple[Problems, Brought]:
    problems = guards.twins(customers)
    brought: Brought = {}
    for customer in customers:
        try:
            brought[customer.pk] = transition.submission(customer), None
        except saving.Refused as refused:
            problems.setdefault(customer.pk, []).extend(refused.problems)
    return problems, brought


def _approval(customers: Sequence[Customer], act: Act) -> tuple[Problems, Brought]:
    values = transition.approval(act)
    problems: Problems = {}
    brought: Brought = {}
    for customer, checked in zip(customers, review.checklists(customers, act.by), strict=True):
        if red := checked.problems(confirmed=False):
            problems[customer.pk] = red
        evidence = checked.evidence(shown=False, confirmed=False)
        brought[customer.pk] = {**values, "approved_version": customer.version + 1}, evidence
    return problems, brought


# What a move brings to each record beside who and when, or what else speaks against it.
_BRINGS: Mapping[str, Callable[[Sequence[Customer], Act], tuple[Problems, Brought]]] = {
    "submit": _submission,
    "approve": _approval,
}
# What speaks against a move beside the guards of the lifecycle, asked before anybody acts.
_ALSO: Mapping[str, Callable[[Sequence[Customer], User], Problems]] = {
    "submit": _unsubmitted,
    "approve": _unapproved,
    "delete": _undeleted,
}
