"""How many records somebody sees in each state: one capped query, kept until a write."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db.models import Count, IntegerField, Subquery

from core import history, pages
from core.access import sees_everything
from core.models import User
from core.pages import TooSlow, bounded
from core.records.kind import Kind

KEPT = 30

Counts = dict[str, tuple[int, bool]]


class _Rows(Subquery):
    """The number of rows of a subquery."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def by_state(kind: Kind, user: Any) -> Counts:
    """Give for each state how many records the user sees, and whether there are more than that.

    Nothing when counting takes too long.
    """
    key = f"states:{kind.life.name}:{user.pk}:{history.stamp(user)}"
    known = cache.get(key)
    if known is None:
        try:
            with bounded():
                known = _few(kind, user) or _capped(kind, user)
        except TooSlow:
            known = {}
        cache.set(key, known, KEPT)
    return dict(known)


def _few(kind: Kind, user: Any) -> Counts:
    """Count the rows of somebody who sees few of many; nothing for those who see many."""
    if sees_everything(user):
        return {}
    keys = kind.seen_by(user).order_by().values("pk")[: pages.CAP + 1]
    seen = kind.model._default_manager.filter(pk__in=keys).order_by().values_list("state")
    found = dict(seen.annotate(n=Count("pk")))
    if sum(found.values()) > pages.CAP:
        return {}
    return {state.name: (found.get(state.name, 0), False) for state in kind.life.states}


def _capped(kind: Kind, user: Any) -> Counts:
    """Count up to the cap in each state: walks along an index in one query."""
    mine = kind.seen_by(user).order_by().values("pk")
    counted = {
        f"n_{state.name}": _Rows(mine.filter(state=state.name)[: pages.CAP + 1])
        for state in kind.life.states
    }
    names = [f"n_{state.name}" for state in kind.life.states]
    found = User.objects.filter(pk=user.pk).annotate(**counted).values_list(*names).get()
    return {
        state.name: (min(n, pages.CAP), n > pages.CAP)
        for state, n in zip(kind.life.states, found, strict=True)
    }
