"""Which other records stand in the way of submitting one: equal numbers that are held, equal names.

One source for submitting, the detail page and the dashboard; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.said import joined, label
from core.said import said as _
from core.text import comma
from customers.catalog import CUSTOMER
from customers.models import Customer
from customers.queries import duplicate
from customers.queries.duplicate import Hit

REASON = "same_name_reason"


@dataclass(frozen=True)
class Obstacle:
    """Another record that stands in the way, and the fields in which it does."""

    fields: tuple[str, ...]
    hit: Hit
    sentence: str

    @property
    def labels(self) -> list[str]:
        """The fields as people read them."""
        return [label(CUSTOMER.field(name).verbose_name) for name in self.fields]


def of_one(customer: Customer, user: Any) -> list[Obstacle]:
    """Give what stands in the way of one record."""
    values = {name: getattr(customer, name) for name in duplicate.UNIQUE_NUMBERS}
    numbers = duplicate.same_numbers(values, exclude_pk=customer.pk, user=user)
    names = []
    if not customer.same_name_reason:
        names = duplicate.same_names(customer.name_key, exclude_pk=customer.pk, user=user)
    return [*held(numbers), *unexplained(names)]


def of_many(customers: Sequence[Customer], user: Any) -> dict[int, list[Obstacle]]:
    """Give what stands in the way of each record, in a few queries for all of them."""
    numbers = [
        duplicate.reserved_numbers_of(customers, name, user) for name in duplicate.UNIQUE_NUMBERS
    ]
    silent = [one for one in customers if not one.same_name_reason]
    names = duplicate.same_names_of(silent, user)
    return {
        one.pk: [
            *held(hit for hits in numbers for hit in hits.get(one.pk, ())),
            *unexplained(names.get(one.pk, ())),
        ]
        for one in customers
    }


def held(hits: Iterable[Hit]) -> list[Obstacle]:
    """Give the records that hold numbers, each once with all the fields in which it does."""
    by_pk: dict[int, list[Hit]] = {}
    for hit in hits:
        if hit.reserved and hit.field != "name":
            by_pk.setdefault(hit.pk, []).append(hit)
    found = []
    for same in by_pk.values():
        fields = tuple(hit.field for hit in same)
        found.append(Obstacle(fields, same[0], used(fields, same[0])))
    return found


def unexplained(hits: Sequence[Hit]) -> list[Obstacle]:
    """Give the record of equal name that nobody explained yet."""
    if not hits:
        return []
    sentence = _("There is a customer of the same name (%(who)s): say why it is another company.")
    return [Obstacle((REASON,), hits[0], sentence % {"who": hits[0]})]


def used(fields: Sequence[str], who: Any) -> str:
    """Say that somebody uses the values of these fields."""
    labels = joined([label(CUSTOMER.label(name)) for name in fields], comma())
    return _("%(label)s: already used by %(who)s.") % {"label": labels, "who": who}
