"""Group customers (集团客户): whether a link would close a circle.

It reads; core.saving writes.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.said import said as _
from customers.models import Customer

MOST_LEVELS = 50


def is_circle(pk: int | None, parent: Customer) -> bool:
    """Say whether `pk` itself stands above (or is) its would-be parent."""
    return pk is not None and bool(circles({pk: parent.pk}))


def circles(links: Mapping[int, int | None]) -> set[int]:
    """Give those customers that would stand above themselves if all these got these parents."""
    above = {**chains({parent for parent in links.values() if parent}), **links}
    return {pk for pk, parent in links.items() if is_below(parent, pk, above)}


def circle_sentence() -> str:
    """Say why such a link is refused."""
    return _("A customer cannot belong to itself or to one below it.")


def is_below(pk: int | None, top: int, above: Mapping[int, int | None]) -> bool:
    """Say whether `pk` is `top`, or stands below it or deeper than anything may stand."""
    for _level in range(MOST_LEVELS):
        if pk is None or pk == top:
            return pk == top
        pk = above.get(pk)
    return True


def chains(pks: set[int]) -> dict[int, int]:
    """Give the parents of these, of those in turn and so on, one query for each level."""
    found: dict[int, int] = {}
    level = set(pks)
    for _level in range(MOST_LEVELS):
        if not level:
            break
        rows = Customer.objects.filter(pk__in=level, parent__isnull=False)
        new = dict(rows.values_list("pk", "parent_id"))
        found |= new
        level = set(new.values()) - set(found)
    return found
