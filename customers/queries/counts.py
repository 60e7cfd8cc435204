"""How many customers somebody sees in each state: one capped query, kept until a write."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db.models import Count, IntegerField, Subquery

from core import history, pages
from core.access import sees_everything
from core.bounded import TooSlow, bounded
from core.models import User
from customers.lifecycle import STATES
from customers.models import Customer

KEPT = 30

Counts = dict[str, tuple[int, bool]]


class _Rows(Subquery):
    """The number of rows of a subquery."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def by_state(user: Any) -> Counts:
    """Give for each state how many customers the user sees, and whether there are more than that.

    Nothing when counting takes too long.
    """
    key = f"states:{user.pk}:{history.stamp(user)}"
    known = cache.get(key)
    if known is None:
        try:
            with bounded():
                known = _few(user) or _capped(user)
        except TooSlow:
            known = {}
        cache.set(key, known, KEPT)
    return dict(known)


def _few(user: Any) -> Counts:
    """Count the rows of somebody who sees few of many; nothing for those who see many."""
    if sees_everything(user):
        return {}
    keys = Customer.objects.visible_to(user).order_by().values("pk")[: pages.CAP + 1]
    seen = Customer.objects.filter(pk__in=keys).order_by().values_list("state")
    found = dict(seen.annotate(n=Count("pk")))
    if sum(found.values()) > pages.CAP:
        return {}
    return {state.name: (found.get(state.name, 0), False) for state in STATES}


def _capped(user: Any) -> Counts:
    """Count up to the cap in each state: six walks along an index in one query."""
    mine = Customer.objects.visible_to(user).order_by().values("pk")
    counted = {
        f"n_{state.name}": _Rows(mine.filter(state=state.name)[: pages.CAP + 1]) for state in STATES
    }
    names = [f"n_{state.name}" for state in STATES]
    found = User.objects.filter(pk=user.pk).annotate(**counted).values_list(*names).get()
    return {
        state.name: (min(n, pages.CAP), n > pages.CAP)
        for state, n in zip(STATES, found, strict=True)
    }
