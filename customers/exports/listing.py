"""What files show of the columns of the list of customers that are more than their field."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.records.exports.columns import Raw, Source
from core.records.scope import is_visible
from core.workbook import writing_cells as cells
from customers.catalog import CUSTOMER
from customers.models import Contact, Customer
from customers.models.customer import UNNAMED


def columns(user: Any) -> dict[str, Source]:
    """Give by column what a person may take along of names, the group and the primary contact."""
    return {
        "name": Source(_column("name"), ("name",), names),
        "parent": Source(_column("parent"), _PARENT, partial(_parents, user)),
        "primary_contact": Source(
            cells.Column(str(_("Primary contact")), width=24), ("pk",), _primary_contacts
        ),
    }


def _column(name: str) -> cells.Column:
    return cells.Column(capfirst(str(CUSTOMER.label(name))))


def names(raw: Raw) -> Sequence[str]:
    """Give the names; an unnamed draft says so, and the import leaves it out when it comes back."""
    return [name or str(UNNAMED) for name in raw["name"]]


_PARENT = (
    "parent_id",
    "parent__name",
    "parent__short_name",
    "parent__scope_unit_id",
    "parent__created_by_id",
)


def _parents(user: Any, raw: Raw) -> Sequence[str]:
    return [_parent(*values, user=user) for values in zip(*(raw[n] for n in _PARENT), strict=True)]


def _parent(
    pk: int | None, name: str, short_name: str, unit: int, author: int, *, user: Any
) -> str:
    if pk is None:
        return ""
    parent = Customer(
        pk=pk, name=name, short_name=short_name, scope_unit_id=unit, created_by_id=author
    )
    return str(parent) if is_visible(parent, user) else parent.masked


def _primary_contacts(raw: Raw) -> Sequence[str]:
    primary = Contact.objects.filter(customer_id__in=raw["pk"], is_primary=True)
    found = {
        key: f"{name} {mobile or phone}".strip()
        for key, name, mobile, phone in primary.values_list(
            "customer_id", "name", "mobile", "phone"
        )
    }
    return [found.get(key, "") for key in raw["pk"]]
