"""What is missing before a record can be submitted: catalogue flags joined with the pure rules.

One source for submit, the "still missing" list and the review checklist; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.catalog import Catalog
from customers.catalog import BANK_ACCOUNT, CONTACT, CUSTOMER
from customers.models import Customer
from customers.rules.record import Needed, Problem, Rows, submit_problems


def needed() -> list[Needed]:
    """Give the ★ fields of the header as the catalogue names them."""
    return [
        Needed(row.name, CUSTOMER.label(row.name), row.section, row.required)
        for row in CUSTOMER
        if row.required
    ]


def of_values(
    values: Mapping[str, Any],
    *,
    kind: str,
    contacts: Rows,
    accounts: Rows,
) -> list[Problem]:
    """Give what stands between these values and the reviewer; empty when nothing does."""
    return submit_problems(
        values, kind=kind, contacts=contacts, accounts=accounts, required=needed(),
        today=timezone.localdate(),
    )  # fmt: skip


def wrong_in_form(values: Mapping[str, Any], contacts: Rows, accounts: Rows) -> list[Problem]:
    """Give the values that a draft may hold although they are not in the right form."""
    found = [
        Problem(row.name, sentence, row.section)
        for row in CUSTOMER
        if (sentence := _objection(CUSTOMER, row.name, values))
    ]
    for name, catalog, rows in (
        ("contacts", CONTACT, contacts),
        ("bank_accounts", BANK_ACCOUNT, accounts),
    ):
        for index, values_of_row in enumerate(rows):
            found += [
                Problem(name, _in_row(index, catalog, row.name, sentence), row.section, index,
                        row.name, sentence)
                for row in catalog
                if (sentence := _objection(catalog, row.name, values_of_row))
            ]  # fmt: skip
    return found


def _objection(catalog: Catalog, name: str, values: Mapping[str, Any]) -> str:
    """Ask the rule of one field about a value; "" when it has none or takes the value."""
    value, rule = values.get(name), getattr(catalog.field(name), "rule", None)
    if not rule or not isinstance(value, str) or not value:
        return ""
    try:
        rule(value)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def _in_row(index: int, catalog: Catalog, name: str, sentence: str) -> str:
    label = capfirst(str(catalog.label(name)))
    return _("%(section)s, row %(row)s, %(label)s: %(text)s") % {
        "section": catalog.sections[0].label, "row": index + 1, "label": label, "text": sentence,
    }  # fmt: skip


def complete(
    values: Mapping[str, Any], *, kind: str, contacts: Rows, accounts: Rows
) -> list[Problem]:
    """Give what a record lacks and what is wrong in it, each field once."""
    found = of_values(values, kind=kind, contacts=contacts, accounts=accounts)
    told = {problem.field for problem in found if problem.row is None}
    wrong = wrong_in_form(values, contacts, accounts)
    return found + [one for one in wrong if one.row is not None or one.field not in told]


def of_customer(customer: Customer) -> list[Problem]:
    """Give what a stored record lacks; uses prefetched contacts and accounts when there are any."""
    # Of a reference only whether there is one matters: its key says so without loading it.
    values = {
        row.name: getattr(customer, CUSTOMER.field(row.name).attname)
        for row in CUSTOMER
        if row.form and row.name != "tags"
    }
    kind = customer.customer_type.kind if customer.customer_type else ""
    contacts = [_row(CONTACT, contact) for contact in _in_order(customer.contacts)]
    accounts = [_row(BANK_ACCOUNT, account) for account in _in_order(customer.bank_accounts)]
    return complete(values, kind=kind, contacts=contacts, accounts=accounts)


def _in_order(rows: Any) -> list[Any]:
    return sorted(rows.all(), key=lambda row: (row.line, row.pk))


def _row(catalog: Any, instance: Any) -> dict[str, Any]:
    return {row.name: getattr(instance, catalog.field(row.name).attname) for row in catalog}
