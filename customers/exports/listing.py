"""What files show of the columns of the list of customers that are more than their field."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.records.exports.columns import Raw, Source
from core.workbook import writing_cells as cells
from customers.catalog import CUSTOMER
from customers.models import Contact
from customers.models.customer import UNNAMED


def columns() -> dict[str, Source]:
    """Give by column what a file shows of names and the primary contact."""
    return {
        "name": Source(_column("name"), ("name",), names),
        "primary_contact": Source(
            cells.Column(str(_("Primary contact")), width=24), ("pk",), _primary_contacts
        ),
    }


def _column(name: str) -> cells.Column:
    return cells.Column(capfirst(str(CUSTOMER.label(name))))


def names(raw: Raw) -> Sequence[str]:
    """Give the names; an unnamed draft says so, and the import leaves it out when it comes back."""
    return [name or str(UNNAMED) for name in raw["name"]]


def _primary_contacts(raw: Raw) -> Sequence[str]:
    primary = Contact.objects.filter(customer_id__in=raw["pk"], is_primary=True)
    found = {
        key: f"{name} {mobile or phone}".strip()
        for key, name, mobile, phone in primary.values_list(
            "customer_id", "name", "mobile", "phone"
        )
    }
    return [found.get(key, "") for key in raw["pk"]]
