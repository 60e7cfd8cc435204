"""What pages ask of change requests; it reads only."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from customers.models import CustomerChange


def search(requests: QuerySet[CustomerChange], text: str) -> QuerySet[CustomerChange]:
    """Give those with the text in number or reason, or the customer's code or name."""
    found = Q(code__icontains=text) | Q(reason__icontains=text)
    customer = Q(record__code__icontains=text) | Q(record__name__icontains=text)
    return requests.filter(found | customer)
