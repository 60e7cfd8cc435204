"""Who else has this code, credit code, tax number or name (exact matches only), and who of them
stands in the way of submitting a record.

One source for submitting, the detail page and the dashboard; it writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from core import plans
from core.access import Seen
from core.prepared import Prepared
from core.said import joined, label
from core.said import said as _
from core.text import comma
from customers.catalog import CUSTOMER
from customers.lifecycle import NUMBERS_RESERVED
from customers.models import Customer
from customers.rules.identity import mask_name

UNIQUE_NUMBERS = ("code", "uscc", "tax_number")
MOST_HITS = 20

_VISIBLE = Seen(Customer, lambda rows, keys: rows.filter(pk__in=keys).values_list("pk", flat=True))

Hits = dict[int, list["Hit"]]

# Those that stand in the way come first: however many drafts there are, none is cut off.
_IS_FREE = Case(When(state__in=NUMBERS_RESERVED, then=Value(0)), default=Value(1))


@dataclass(frozen=True)
class Hit:
    """Another customer with the same value in `field`; name and code are masked out of scope."""

    pk: int
    field: str
    code: str
    name: str
    state: str
    visible: bool
    reserved: bool

    def __str__(self) -> str:
        return " ".join(filter(None, (self.code, self.name)))


def same_numbers(values: Mapping[str, Any], *, exclude_pk: int | None, user: Any) -> list[Hit]:
    """Give the customers whose code, credit code or tax number equals one of these values."""
    wanted = {name: values.get(name) or "" for name in UNIQUE_NUMBERS}
    asked = {name: value for name, value in wanted.items() if value}
    if not asked:
        return []
    return [
        hit
        for customer, visible in _found(asked, exclude_pk, user)
        for name, value in asked.items()
        if getattr(customer, name) == value
        for hit in [_hit(customer, name, visible)]
    ]


def same_names(name_key: str, *, exclude_pk: int | None, user: Any) -> list[Hit]:
    """Give the customers whose normalised name is the same."""
    if not name_key:
        return []
    found = _found({"name_key": name_key}, exclude_pk, user)
    return [_hit(customer, "name", visible) for customer, visible in found]


def reserved_numbers_of(customers: Iterable[Customer], field: str, user: Any) -> Hits:
    """Give for each of some customers who stands in the way of its number; two queries at most."""
    return _hits_of(customers, field, field, _in_the_way(field), user)


def numbers_of(customers: Iterable[Customer], field: str, user: Any) -> Hits:
    """Give for each of some customers who has its number, drafts included; two queries at most."""
    return _hits_of(customers, field, field, _first_alike(field), user)


def owners(keys: Iterable[int], field: str, user: Any) -> dict[int, Hit]:
    """Give some customers by their keys as others meet them in `field`; two queries at most."""
    found = _light(Customer.objects.filter(pk__in=set(keys)))
    return {one.pk: _hit(one, field, seen) for one, seen in _judged(found, user)}


def same_names_of(customers: Iterable[Customer], user: Any) -> Hits:
    """Give for each of some customers who has the same normalised name; two queries at most."""
    return _hits_of(customers, "name_key", "name", _first_alike("name_key"), user)


@cache
def _in_the_way(key: str) -> Prepared:
    """Ask for those that reserve one of these values."""
    reserving = Customer.objects.filter(state__in=NUMBERS_RESERVED)
    return _with_any(key, reserving)


@cache
def _first_alike(key: str) -> Prepared:
    """Ask for the first few that are alike, those that stand in the way before the rest."""
    place = Window(RowNumber(), partition_by=F(key), order_by=[_IS_FREE, F("pk")])
    rows = Customer.objects.annotate(place=place).filter(place__lte=MOST_HITS + 1)
    return _with_any(key, rows.order_by("place"))


def _with_any(key: str, rows: QuerySet[Customer]) -> Prepared:
    def ask(values: Any) -> QuerySet[Customer]:
        alike = rows.filter(plans.filled(key), **{f"{key}__in": values})
        return _light(plans.led_by(alike, key))

    return Prepared(ask)


def _hits_of(
    customers: Iterable[Customer], key: str, field: str, alike_to: Prepared, user: Any
) -> Hits:
    wanted = {one.pk: getattr(one, key) for one in customers if getattr(one, key)}
    if not wanted:
        return {}
    alike: dict[Any, list[Customer]] = defaultdict(list)
    for one in alike_to(sorted(set(wanted.values()))):
        alike[getattr(one, key)].append(one)
    others = {
        pk: [one for one in alike[value] if one.pk != pk][:MOST_HITS]
        for pk, value in wanted.items()
    }
    met = {one.pk: one for found in others.values() for one in found}
    seen = {one.pk: visible for one, visible in _judged(met.values(), user)}
    return {pk: [_hit(o, field, seen[o.pk]) for o in found] for pk, found in others.items()}


def _found(
    asked: Mapping[str, str], exclude_pk: int | None, user: Any
) -> list[tuple[Customer, bool]]:
    return _judged(_any_of(tuple(asked))(exclude_pk or 0, *asked.values()), user)


@cache
def _any_of(names: tuple[str, ...]) -> Prepared:
    """Ask for others than one record, by its key, with any of these values."""

    def ask(own: Any, *values: Any) -> QuerySet[Customer]:
        pairs = zip(names, values, strict=True)
        alike = reduce(or_, (Q(pair) & plans.filled(pair[0]) for pair in pairs))
        others = Customer.objects.filter(alike).exclude(pk=own).order_by(_IS_FREE, "pk")
        return _light(others[:MOST_HITS])

    return Prepared(ask)


def _light(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    return rows.only("pk", "code", "name", "name_key", "uscc", "tax_number", "state")


def _judged(rows: Iterable[Customer], user: Any) -> list[tuple[Customer, bool]]:
    found = list(rows)
    if not found:
        return []
    visible = set(_VISIBLE(user, [customer.pk for customer in found]))
    return [(customer, customer.pk in visible) for customer in found]


def _hit(customer: Customer, field: str, visible: bool) -> Hit:
    return Hit(
        pk=customer.pk,
        field=field,
        code=customer.code if visible else "",
        name=str(customer) if visible else mask_name(customer.name),
        state=customer.state,
        visible=visible,
        reserved=customer.state in NUMBERS_RESERVED,
    )


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
    values = {name: getattr(customer, name) for name in UNIQUE_NUMBERS}
    numbers = same_numbers(values, exclude_pk=customer.pk, user=user)
    names = []
    if not is_explained(customer.same_name_reason):
        names = same_names(customer.name_key, exclude_pk=customer.pk, user=user)
    return [*held(numbers), *unexplained(names)]


def of_many(customers: Sequence[Customer], user: Any) -> dict[int, list[Obstacle]]:
    """Give what stands in the way of each record, in a few queries for all of them."""
    numbers = [reserved_numbers_of(customers, name, user) for name in UNIQUE_NUMBERS]
    names = unexplained_names_of(customers, user)
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


def unexplained_names_of(customers: Iterable[Customer], user: Any) -> Hits:
    """Give for each of some customers who has its name while nobody said why it is another."""
    return same_names_of([one for one in customers if not is_explained(one.same_name_reason)], user)


def is_explained(reason: str | None) -> bool:
    """Say whether an equal name is settled by this sentence, on a form as in a file.

    It holds for the customer, whatever name that gets.
    """
    return bool(reason)


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
