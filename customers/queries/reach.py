"""What a user may choose: departments of the own scope, salespeople who work in them, customers.

Whoever sees everything may choose everything; it reads only and never decides on a record.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from core.access import sees_everything, units_below
from core.bounded import TooSlow, bounded
from core.choosing import (
    BEGINS,
    EXACT,
    MOST,
    MOST_GUESSED,
    Found,
    Limit,
    Option,
    PeopleSource,
    Source,
    cleaned,
)
from core.models import Unit, User
from customers import models
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer
from customers.queries import group
from customers.rules.identity import normalised_name

LOOK = "customers.view_customer"


def _units(user: Any) -> Sequence[Any] | None:
    return None if _is_free(user) else (units_below(user), user.pk)


# Departments: the user's own and those below; somebody without one has all. Salespeople: those of
# these departments, those of none, and the user's own.
DEPARTMENTS = Limit(_units, lambda units, _me: Q(pk__in=units))
SALESPEOPLE = Limit(
    _units, lambda units, me: Q(unit__pk__in=units) | Q(unit__isnull=True) | Q(user__pk=me)
)


def outside(name: str, value: Any, user: Any) -> str:
    """Say why the user may not choose this value for a field (department, salesperson), or ""."""
    if name not in ("department", "salesperson") or value is None or _is_free(user):
        return ""
    own = units_below(user)
    if name == "department" and value.pk not in own:
        return _("Choose a department of your own: you do not see records of others.")
    if name == "salesperson" and value.unit_id not in (None, *own) and value.user_id != user.pk:
        return _("Choose a salesperson of your own department.")
    return ""


def _is_free(user: Any) -> bool:
    return sees_everything(user) or user.unit_id is None


SOURCES = (
    *(
        Source(model, permission=LOOK)
        for model in (
            models.CustomerType, models.Region, models.Industry, models.Category, models.Tag,
            models.Bank, models.SettlementMethod, models.Currency,
        )
    ),
    Source(Unit, permission=LOOK, within=DEPARTMENTS),
    Source(
        models.Salesperson, permission=LOOK, within=SALESPEOPLE, related=("unit",),
        note=lambda one: str(one.unit or ""),
    ),
    PeopleSource(User, permission=LOOK),
)  # fmt: skip


_WITHIN = BEGINS + 1
_MOST_LETTERS = 20


class CustomerSource:
    """The customers a user sees, as a field suggests them: code and name, the state beside it."""

    key, permission = "customers.customer", "customers.view_customer"

    def short(self, user: Any) -> list[Customer] | None:
        """Give None: customers are always found by typing."""
        return None

    def keyed(self, user: Any, keys: Iterable[Any]) -> list[Customer]:
        """Give the customers with these keys that the user sees."""
        seen = Customer.objects.visible_to(user).filter(pk__in=keys)
        return list(seen.only("code", "name").order_by("name_sort", "pk"))

    def resolve(self, user: Any, texts: Collection[str]) -> dict[str, Found]:
        """Say what texts mean: by code or name, else none, with those that fit."""
        return {text: self._meant(user, text) for text in texts}

    def options(self, user: Any, text: str, *, every: bool = False) -> list[Option]:
        """Give the customers that fit a text, the best first, one more than MOST if there are more.

        None at all when they cannot be found in time, as one letter among very many.
        """
        typed = cleaned(text)
        if typed is None:
            return []
        seen = Customer.objects.visible_to(user).only("code", "name", "state", "name_sort")
        found = _ranked(seen, typed) if typed else seen.order_by("-updated_at", "-pk")
        try:
            with bounded():
                return self.described(found[: MOST + 1])
        except TooSlow:
            return []

    def described(self, customers: Iterable[Customer]) -> list[Option]:
        """Give customers as people choose from them."""
        return [
            Option(
                one.pk,
                " ".join(filter(None, (one.code, one.name))),
                one.name or one.code,
                one.code,
                str(WORKFLOW.state(one.state).label),
                getattr(one, "rank", 0),
            )
            for one in customers
        ]

    def _meant(self, user: Any, text: str) -> Found:
        word = cleaned(text)
        found = group.find(word, user) if word else []
        if len(found) == 1:
            return Found(found[0])
        fitting = self.described(found) or self.options(user, text)[:MOST_GUESSED]
        return Found(candidates=tuple(fitting))


def _ranked(seen: QuerySet[Customer], typed: str) -> QuerySet[Customer]:
    exact = Q(code__iexact=typed) | Q(name_key=normalised_name(typed))
    begins = Q(code__istartswith=typed) | Q(name__istartswith=typed)
    within = Q(code__icontains=typed) | Q(name__icontains=typed)
    if spelled := _spelled(typed):
        begins |= spelled
    rank = Case(
        When(exact, then=Value(EXACT)),
        When(begins, then=Value(BEGINS)),
        default=Value(_WITHIN),
        output_field=IntegerField(),
    )
    fitting = seen.filter(exact | begins | within)
    return fitting.annotate(rank=rank).order_by("rank", "name_sort", "pk")


def _spelled(typed: str) -> Q | None:
    """Give the condition that a name begins with these letters, in full or by initials.

    Sort keys hold one syllable beside the other: "bei jing heng xin !…".
    """
    letters = re.sub("[^0-9a-z]", "", typed.casefold())[:_MOST_LETTERS]
    if not letters or not typed.isascii():
        return None
    in_full, initials = " ?".join(letters), "[a-z0-9]* ".join(letters)
    return Q(name_sort__startswith=letters[0], name_sort__regex=f"^({in_full}|{initials})")
