"""What pages ask of change requests; it reads only."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from core.records.changes.request import APPROVED
from customers.models import CustomerChange


def search(requests: QuerySet[CustomerChange], text: str) -> QuerySet[CustomerChange]:
    """Give those with the text in number or reason, or the customer's code or name.

    Reasons are looked through for words alone: a text with a digit might be an account number that
    somebody guesses, and whether it is found tells what the page hides.
    """
    found = Q(code__icontains=text) | Q(record__code__icontains=text)
    found |= Q(record__name__icontains=text)
    if not any(map(str.isdigit, text)):
        found |= Q(reason__icontains=text)
    return requests.filter(found)


def last_askers(requests: Sequence[CustomerChange]) -> dict[int, int]:
    """Give by customer who asked for the last change that took effect in the same area."""
    keys, areas = {one.record_id for one in requests}, {one.area for one in requests}
    taken = CustomerChange.objects.filter(
        record__in=keys, area__in=areas, state=APPROVED, closed_at__isnull=False
    )
    return dict(taken.order_by("closed_at", "pk").values_list("record_id", "submitted_by_id"))
