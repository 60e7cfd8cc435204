"""What pages and moves ask of opportunities; it reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from core.access import is_visible
from core.plans import containing
from core.refusal import Refused
from core.said import items
from core.said import said as _
from sales.lifecycle import STAGES
from sales.models import Opportunity

MOST_NAMED = 10


def search(opportunities: QuerySet[Opportunity], text: str) -> QuerySet[Opportunity]:
    """Give those with the text in code, name, or the customer's code or name."""
    return opportunities.filter(
        containing(text, "code", "name", "customer__code", "customer__name")
    )


def open_to(user: Any) -> QuerySet[Opportunity]:
    """Give those that the person sees and that are neither won nor lost."""
    return Opportunity.objects.visible_to(user).filter(state__in=STAGES)


def still_open(customers: Sequence[Any], user: Any) -> dict[int, Refused]:
    """Say of each customer with open opportunities which they are, masked where out of sight."""
    open_ones = Opportunity.objects.filter(customer__in=customers, state__in=STAGES)
    named: dict[int, list[str]] = {}
    for one in open_ones.order_by("code_sort", "pk"):
        shown = f"{one.code} {one}" if is_visible(one, user) else one.masked
        named.setdefault(one.customer_id, []).append(shown)
    return {pk: Refused([_in_use(names)]) for pk, names in named.items()}


def _in_use(names: Sequence[str]) -> str:
    more = ["…"] if len(names) > MOST_NAMED else []
    sentence = _("Opportunities are still open; win or lose them first: %(names)s.")
    return sentence % {"names": items([*names[:MOST_NAMED], *more])}
