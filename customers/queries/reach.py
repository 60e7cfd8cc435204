"""What a user may choose: departments of the own scope, and salespeople who work in them.

Whoever sees everything may choose everything; it reads only and never decides on a record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from core.access import sees_everything, units_below
from core.choosing import Limit, PeopleSource, Source
from core.models import Unit, User
from customers import models

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
