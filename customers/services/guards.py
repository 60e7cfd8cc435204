"""Guards of the lifecycle that read other tables, joined to it by their names.

Each gives "" or a sentence the user can act on; none writes.
"""

from __future__ import annotations

from typing import Any

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
    hits = duplicate.same_numbers(values, exclude_pk=customer.pk, user=user)
    return " ".join(
        _("%(label)s is already used by %(who)s.")
        % {"label": CUSTOMER.label(hit.field), "who": hit}
        for hit in hits
        if hit.reserved
    )


@WORKFLOW.guard
def same_name_explained(customer: Customer, user: Any) -> str:
    """An equal normalised name needs one sentence why it is another company."""
    if customer.same_name_reason:
        return ""
    hits = duplicate.same_names(customer.name_key, exclude_pk=customer.pk, user=user)
    if not hits:
        return ""
    return _("There is a customer of the same name (%(who)s): say why it is another company.") % {
        "who": hits[0]
    }


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
