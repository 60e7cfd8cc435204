"""Customers that another may point to, found by typing: code, name, pinyin, initials.

Only those the user sees; it reads only. Which one a finished text means is group.find's business.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from core.bounded import TooSlow, bounded
from core.choosing import BEGINS, EXACT, MOST, MOST_GUESSED, Found, Option, cleaned
from customers.lifecycle import CUSTOMER as WORKFLOW
from customers.models import Customer
from customers.queries import group
from customers.rules.identity import normalised_name

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
