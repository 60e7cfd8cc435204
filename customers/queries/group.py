"""Group customers (集团客户): finds one by what was typed, and whether a link would close a circle.

It reads; the form explains, core.saving writes.
"""

from __future__ import annotations

from typing import Any

from customers.models import Customer
from customers.rules.identity import mask_name, normalised_name

MOST_LEVELS = 50


def find(text: str, user: Any) -> list[Customer]:
    """Give the visible customers with this code, or "CODE NAME", else this name; two at most."""
    seen = Customer.objects.visible_to(user)
    codes = {text.upper(), text.split(maxsplit=1)[0].upper()}
    by_code = list(seen.filter(code__in=codes).exclude(code="").order_by("pk")[:2])
    if by_code:
        return by_code
    return list(seen.filter(name_key=normalised_name(text)).order_by("pk")[:2])


def title(customer: Customer, user: Any) -> str:
    """Give the words for a group customer: code and name, masked where the user may not see it."""
    if Customer.objects.visible_to(user).filter(pk=customer.pk).exists():
        return " ".join(filter(None, (customer.code, str(customer))))
    return mask_name(str(customer))


def is_circle(pk: int | None, parent: Customer) -> bool:
    """Say whether `pk` itself stands above (or is) its would-be parent."""
    above: int | None = parent.pk
    for _level in range(MOST_LEVELS):
        if above is None or pk is None:
            return False
        if above == pk:
            return True
        above = Customer.objects.filter(pk=above).values_list("parent_id", flat=True).first()
    return True
