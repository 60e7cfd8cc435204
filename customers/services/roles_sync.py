"""Makes the groups of the role table; the table decides rights, the groups only who has which."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group

from customers.roles import ROLES


def after_migrate(using: str, **_kwargs: Any) -> None:
    """Create the groups that are missing."""
    groups = Group.objects.using(using)
    known = set(groups.values_list("name", flat=True))
    groups.bulk_create([Group(name=role.name) for role in ROLES if role.name not in known])
