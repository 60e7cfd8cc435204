"""What the page of a customer shows beside what every record's does."""

from __future__ import annotations

from typing import Any

from core.forms.keyed import KeyedForm
from core.records import coding, secrets, sections
from core.records.register import Lack
from core.records.sections import Line
from customers.catalog import ACCOUNTS, CUSTOMER
from customers.imports import desk
from customers.models import Customer
from customers.parts import BY_SECTION
from customers.queries import duplicate, readiness
from customers.queries.customer import is_open, next_check
from customers.services.kinds import KIND


def lacking(customer: Customer, user: Any) -> list[Lack]:
    """Give what the record lacks, and whose numbers or name stand in its way while it is open."""
    found = [
        Lack(one.message, f"id_{one.field}" if one.field in CUSTOMER.by_name else one.section)
        for one in readiness.of_customer(customer)
    ]
    others = duplicate.of_one(customer, user) if is_open(customer) else []
    return found + [
        Lack(one.sentence, f"id_{one.fields[0]}", one.hit if one.hit.visible else None)
        for one in others
    ]


def beside(customer: Customer, user: Any) -> dict[str, Any]:
    """Give whether the code still fits, where it came from, the regular check, the overview."""
    return {
        "strayed": coding.sources(KIND) if _has_strayed(customer) else "",
        "origin": desk.origin(customer, user),
        "check": next_check(customer),
        "check_form": KeyedForm(initial={"version": customer.version}, auto_id="check-%s"),
        "primary_contact": next((c for c in customer.contacts.all() if c.is_primary), None),
        "default_account": _default_account(customer, user),
    }


def _has_strayed(customer: Customer) -> bool:
    return coding.has_strayed(KIND, customer.code, coding.values_of(KIND, customer))


def _default_account(customer: Customer, user: Any) -> Line | None:
    part = BY_SECTION[ACCOUNTS]
    rows = [row for row in getattr(customer, part.name).all() if row.is_default]
    covers = secrets.covers(part, customer, user)
    lines = sections.table(part, rows, covers=covers).lines
    return lines[0] if lines else None
