"""What the list of customers asks: the plain search, what is loaded beside a row, who may see it.

It reads only; columns, filters and pages come from core.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.prepared import Prepared
from customers.models import Contact, Customer

_PRIMARY = Prepared(
    lambda keys: Contact.objects.filter(customer__pk__in=keys, is_primary=True).values_list(
        "customer_id", "name", "mobile", "phone"
    )
)


def search(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Give those with the text in code, name, or a contact's name or phone."""
    contacts = Contact.objects.filter(customer=OuterRef("pk")).filter(
        Q(name__icontains=text) | Q(mobile__contains=text) | Q(phone__contains=text)
    )
    return customers.filter(Q(code__icontains=text) | Q(name__icontains=text) | Exists(contacts))


def put_primary_contacts(customers: Sequence[Customer]) -> None:
    """Put name and number of the primary contact at each customer, or None, as primary_contact."""
    found = {
        key: (name, mobile or phone)
        for key, name, mobile, phone in _PRIMARY([one.pk for one in customers])
    }
    for one in customers:
        one.primary_contact = found.get(one.pk)  # type: ignore[attr-defined]
