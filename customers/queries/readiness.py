"""What is missing before a record can be submitted: catalogue flags joined with the pure rules.

One source for submit, the "still missing" list and the review checklist; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from customers.catalog import BANK_ACCOUNT, CONTACT, CUSTOMER
from customers.models import Customer
from customers.rules.record import Needed, Problem, submit_problems


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
    contacts: Sequence[Mapping[str, Any]],
    accounts: Sequence[Mapping[str, Any]],
) -> list[Problem]:
    """Give what stands between these values and the reviewer; empty when nothing does."""
    return submit_problems(
        values, kind=kind, contacts=contacts, accounts=accounts, required=needed()
    )


def of_customer(customer: Customer) -> list[Problem]:
    """Give what a stored record lacks; uses prefetched contacts and accounts when there are any."""
    # Of a reference only whether there is one matters: its key says so without loading it.
    values = {
        row.name: getattr(customer, CUSTOMER.field(row.name).attname)
        for row in CUSTOMER
        if row.form and row.name != "tags"
    }
    kind = customer.customer_type.kind if customer.customer_type else ""
    return of_values(
        values,
        kind=kind,
        contacts=[_row(CONTACT, contact) for contact in _in_order(customer.contacts)],
        accounts=[_row(BANK_ACCOUNT, account) for account in _in_order(customer.bank_accounts)],
    )


def _in_order(rows: Any) -> list[Any]:
    return sorted(rows.all(), key=lambda row: (row.line, row.pk))


def _row(catalog: Any, instance: Any) -> dict[str, Any]:
    return {row.name: getattr(instance, catalog.field(row.name).attname) for row in catalog}
