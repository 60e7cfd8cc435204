"""Opportunities where others stand: on the page of their customer, on the dashboard."""

from __future__ import annotations

from calendar import monthrange
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from core.access import permissions_of
from core.views.record_list import few
from sales.lifecycle import STAGES
from sales.models import Opportunity
from sales.queries.opportunity import open_to
from sales.registers import REGISTER
from sales.roles import ADD

MOST_BESIDE, MOST_EXPECTED = 20, 8


def opportunities(customer: Any, user: Any) -> dict[str, Any]:
    """Give the latest opportunities of a customer that the person sees, as rows of a table."""
    kind, chosen = REGISTER.kind, {"customer": str(customer.pk)}
    rows = Opportunity.objects.visible_to(user).filter(customer=customer).order_by("-updated_at")
    columns = ("code", "name", "state", "amount", "expected_date", "salesperson")
    more = {"more_url": kind.url("list", query=chosen)}
    if ADD in permissions_of(user):
        more["add_url"] = kind.url("add", query=chosen)
    return {**few(REGISTER, rows[:MOST_BESIDE], columns, user), **more}


def expected_this_month(user: Any) -> dict[str, Any]:
    """Give what is expected to be signed in this month, the next first, and what it adds up to."""
    today = timezone.localdate()
    first, last = today.replace(day=1), today.replace(day=monthrange(today.year, today.month)[1])
    rows = open_to(user).filter(expected_date__range=(first, last)).order_by("expected_date", "pk")
    these = {"state": STAGES, "expected_date_from": first, "expected_date_to": last}
    return {
        **few(
            REGISTER, rows[:MOST_EXPECTED], ("name", "customer", "expected_date", "amount"), user
        ),
        "added": rows.order_by().aggregate(added=Sum("amount"))["added"],
        "more_url": REGISTER.kind.url("list", query=these),
    }
