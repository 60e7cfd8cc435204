"""The company's switches: reads the one row and changes it with history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from core import saving
from core.history import Act
from core.saving import Stale
from customers.models import Policy
from customers.models.policy import ONLY
from customers.services.aggregates import POLICY


@saving.retried
def change(values: Mapping[str, Any], *, version: int, act: Act) -> Policy:
    """Set the switches if they still are at `version`. Raises Stale, Repeated, KeyReused."""
    with saving.once(act) as ticket:
        ticket.result = str(ONLY)
        if version == 0 and not Policy.objects.filter(pk=ONLY).exists():
            return _first(values, act)
        return saving.change(POLICY, ONLY, values, version=version, act=act)


def _first(values: Mapping[str, Any], act: Act) -> Policy:
    """Write down what was in force so far, then change it: the history names each switch.

    Two people may save the first settings at once: the row with pk 1 is the only one.
    """
    shipped = {field: getattr(Policy.current(), field) for field in values}
    try:
        with transaction.atomic():
            policy = saving.create(POLICY, {"id": ONLY, **shipped}, act=act)
    except IntegrityError as error:
        raise Stale from error
    return saving.change(POLICY, ONLY, values, version=policy.version, act=act)
