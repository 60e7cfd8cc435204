"""Whose records somebody sees: those of the own department and below, or all.

A scoped model has `scope_unit`, `created_by` and `masked`, what people out of its sight may know.
"""

from __future__ import annotations

from typing import Any, Self

from core.access import sees_everything, units_below
from core.models import Unit
from core.models.base import BusinessQuerySet
from core.refusal import Refused
from core.said import said as _


class ScopedQuerySet(BusinessQuerySet):
    """Records as one person may see them; `held_back` is NULL where nobody holds a row back."""

    held_back = ""

    def visible_to(self, user: Any) -> Self:
        """Those in the person's department or below; all for roles that reach further."""
        there = self.filter(**{f"{self.held_back}__isnull": True}) if self.held_back else self
        if sees_everything(user):
            return there
        if user.unit_id is None:
            return there.filter(created_by=user)
        return there.filter(scope_unit__in=units_below(user))


def is_visible(record: Any, user: Any) -> bool:
    """Say of a loaded row that nobody holds back what `visible_to` says of rows in the database."""
    if sees_everything(user):
        return True
    if user.unit_id is None:
        return bool(record.created_by_id == user.pk)
    return record.scope_unit_id in units_below(user)


def scope_unit(department: Unit | None, creator: Any) -> Unit:
    """Give the unit whose people see a record. Raises Refused while there is none at all."""
    unit = department or creator.unit or Unit.objects.filter(parent=None).order_by("pk").first()
    if unit is None:
        raise Refused([_("There is no department yet; an administrator adds one first.")])
    return unit
