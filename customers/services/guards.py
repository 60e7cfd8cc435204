"""Guards of the lifecycle that read other tables, joined to it by their names.

Each gives "" or a sentence the user can act on; none writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.models import Change
from customers.catalog import BANK_ACCOUNT, CUSTOMER
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer
from customers.queries import duplicate, readiness, review
from customers.services import policy


@WORKFLOW.guard
def is_complete(customer: Customer, user: Any) -> str:
    """Every ★ field is present and valid."""
    problems = readiness.of_customer(customer)
    return " ".join(problem.message for problem in problems)


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
                found.setdefault(customer.pk, []).append(_used(name, other))
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
    if not policy.current().four_eyes:
        return ""
    if customer.submitted_by_id == user.pk:
        return _("You submitted this customer; somebody else must approve it.")
    if _changed_controlled(customer, user):
        return _("You changed reviewed data of this customer; somebody else must approve it.")
    return ""


@WORKFLOW.guard
def checklist_clean(customer: Customer, user: Any) -> str:
    """No line of the checklist is red; an equal name is confirmed by the reviewer, elsewhere."""
    red = review.checklist(customer, user).red(confirmed=True)
    return " ".join(f"{line.finding}: {line.evidence}" for line in red)


def _taken(hits: Iterable[duplicate.Hit]) -> str:
    return " ".join(_used(hit.field, hit) for hit in hits if hit.reserved)


def _used(field: str, who: Any) -> str:
    label = capfirst(str(CUSTOMER.label(field)))
    return _("%(label)s is already used by %(who)s.") % {"label": label, "who": who}


def _unexplained(hits: Sequence[duplicate.Hit]) -> str:
    if not hits:
        return ""
    return _("There is a customer of the same name (%(who)s): say why it is another company.") % {
        "who": hits[0]
    }


def _changed_controlled(customer: Customer, user: Any) -> bool:
    since = customer.approved_version or 0
    entries = Change.objects.filter(
        subject_type=Customer._meta.label_lower,
        subject_id=customer.pk,
        version__gt=since,
        actor=user,
    ).values_list("changes", flat=True)
    fields, children = CUSTOMER.controlled(), BANK_ACCOUNT.controlled()
    return any(
        fields & set(changes.get("fields", ()))
        or any(
            row["child"] == "bank_accounts" and children & set(row["fields"])
            for row in changes.get("rows", ())
        )
        for changes in entries
    )
