"""Guards of the lifecycle that read other tables, joined to it by their names.

Each gives "" or a sentence the user can act on; none writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.models import Change
from core.said import joined
from core.said import said as _
from customers.catalog import BANK_ACCOUNT, CUSTOMER
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer
from customers.queries import duplicate, obstacle, readiness, review
from customers.services import policy


@WORKFLOW.guard
def is_complete(customer: Customer, user: Any) -> str:
    """Every ★ field is present and valid."""
    problems = readiness.of_customer(customer)
    return joined(problem.message for problem in problems)


@WORKFLOW.guard
def numbers_free(customer: Customer, user: Any) -> str:
    """Nobody else from submit on has the code, credit code or tax number."""
    values = {name: getattr(customer, name) for name in duplicate.UNIQUE_NUMBERS}
    return _taken(duplicate.same_numbers(values, exclude_pk=customer.pk, user=user))


@WORKFLOW.guard_of_many("numbers_free")
def numbers_free_of(customers: Sequence[Customer], user: Any) -> dict[int, str]:
    """Ask numbers_free of many in six queries at most."""
    found = [
        duplicate.reserved_numbers_of(customers, name, user) for name in duplicate.UNIQUE_NUMBERS
    ]
    return {
        one.pk: _taken(hit for hits in found for hit in hits.get(one.pk, ())) for one in customers
    }


def twins(customers: Sequence[Customer]) -> dict[int, list[str]]:
    """Say of records that move together which have a number that one before them has."""
    found: dict[int, list[str]] = {}
    first: dict[tuple[str, str], Customer] = {}
    for customer in customers:
        for name in duplicate.UNIQUE_NUMBERS:
            value = getattr(customer, name)
            other = first.setdefault((name, value), customer) if value else customer
            if other is not customer:
                found.setdefault(customer.pk, []).append(obstacle.used([name], other))
    return found


@WORKFLOW.guard
def same_name_explained(customer: Customer, user: Any) -> str:
    """An equal normalised name needs one sentence why it is another company."""
    if customer.same_name_reason:
        return ""
    return _unexplained(duplicate.same_names(customer.name_key, exclude_pk=customer.pk, user=user))


@WORKFLOW.guard_of_many("same_name_explained")
def same_name_explained_of(customers: Sequence[Customer], user: Any) -> dict[int, str]:
    """Ask same_name_explained of many in two queries at most."""
    silent = [one for one in customers if not one.same_name_reason]
    hits = duplicate.same_names_of(silent, user)
    return {one.pk: _unexplained(hits.get(one.pk, ())) for one in silent}


@WORKFLOW.guard
def four_eyes(customer: Customer, user: Any) -> str:
    """Nobody approves what they submitted or whose ◆ fields they changed since it was approved."""
    return four_eyes_of([customer], user).get(customer.pk, "")


@WORKFLOW.guard_of_many("four_eyes")
def four_eyes_of(customers: Sequence[Customer], user: Any) -> dict[int, str]:
    """Ask four_eyes of many in two queries."""
    if not policy.current().four_eyes:
        return {}
    own = {one.pk for one in customers if one.submitted_by_id == user.pk}
    changed = _changed_controlled([one for one in customers if one.pk not in own], user)
    sentences = {
        pk: _("You changed reviewed data of this customer; somebody else must approve it.")
        for pk in changed
    }
    return sentences | {
        pk: _("You submitted this customer; somebody else must approve it.") for pk in own
    }


@WORKFLOW.guard
def checklist_clean(customer: Customer, user: Any) -> str:
    """No line of the checklist is red; an equal name is confirmed by the reviewer, elsewhere."""
    return checklist_clean_of([customer], user)[customer.pk]


@WORKFLOW.guard_of_many("checklist_clean")
def checklist_clean_of(customers: Sequence[Customer], user: Any) -> dict[int, str]:
    """Ask checklist_clean of many in some queries for all of them."""
    checked = review.checklists(customers, user)
    return {
        customer.pk: joined(one.problems(confirmed=True))
        for customer, one in zip(customers, checked, strict=True)
    }


def _taken(hits: Iterable[duplicate.Hit]) -> str:
    return joined(one.sentence for one in obstacle.held(hits))


def _unexplained(hits: Sequence[duplicate.Hit]) -> str:
    return joined(one.sentence for one in obstacle.unexplained(hits))


def _changed_controlled(customers: Sequence[Customer], user: Any) -> set[int]:
    """Give those whose ◆ fields the user changed since they were approved."""
    since = {one.pk: one.approved_version or 0 for one in customers}
    entries = Change.objects.filter(
        subject_type=Customer._meta.label_lower,
        subject_id__in=since,
        version__gt=min(since.values(), default=0),
        actor=user,
    ).values_list("subject_id", "version", "changes")
    return {
        pk for pk, version, changes in entries if version > since[pk] and _is_controlled(changes)
    }


def _is_controlled(changes: Any) -> bool:
    fields, children = CUSTOMER.controlled(), BANK_ACCOUNT.controlled()
    return bool(fields & set(changes.get("fields", ()))) or any(
        row["child"] == "bank_accounts" and children & set(row["fields"])
        for row in changes.get("rows", ())
    )
