"""What the list of customers asks: the plain search, what is loaded beside a row, who may see it.

It reads only; columns, filters and pages come from core.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from core.access import sees_everything, units_below
from customers.models import Contact, Customer

PRIMARY_CONTACT = Prefetch(
    "contacts",
    Contact.objects.filter(is_primary=True).only("customer", "name", "mobile", "phone"),
    to_attr="primary_contacts",
)


def search(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Give those with the text in code, name, or a contact's name or phone."""
    contacts = Contact.objects.filter(customer=OuterRef("pk")).filter(
        Q(name__icontains=text) | Q(mobile__contains=text) | Q(phone__contains=text)
    )
    return customers.filter(Q(code__icontains=text) | Q(name__icontains=text) | Exists(contacts))


def is_visible(customer: Customer, user: Any) -> bool:
    """Say of a loaded row what `visible_to` says of rows in the database."""
    if sees_everything(user):
        return True
    if user.unit_id is None:
        return bool(customer.created_by_id == user.pk)
    return customer.scope_unit_id in units_below(user)
