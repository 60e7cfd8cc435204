"""What moves of the lifecycle bring beside state and stamp; the table names the functions here.

They run inside the transaction of the move, when nothing speaks against it any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.history import Act
from core.records import coding
from core.saving import Stale
from core.workflow import Transition
from customers.models import Customer
from customers.services import kinds
from customers.services.guards import Judgement

Brought = dict[int, dict[str, Any]]


def submission(
    move: Transition, customers: Sequence[Customer], act: Act, _evidence: Any
) -> Brought:
    """Whoever has no code gets one at the latest now. Raises Stale when the rule gives none now."""
    brought: Brought = {one.pk: {"four_eyes": False} for one in customers}
    without = [one for one in customers if not one.code]
    if not without:
        return brought
    kind = kinds.CUSTOMER
    codes = coding.draw(kind, [coding.values_of(kind, one) for one in without])
    if not all(codes):
        raise Stale
    coding.remember(kind, ((code, one.pk) for one, code in zip(without, codes, strict=True)))
    for one, code in zip(without, codes, strict=True):
        brought[one.pk]["code"] = code
    return brought


def approval(
    move: Transition, customers: Sequence[Customer], act: Act, judged: Mapping[int, Judgement]
) -> Brought:
    """What was approved is the version that this makes; the next regular review is due."""
    rules = {one.pk: judged[one.pk].policy for one in customers}
    return {
        one.pk: {
            "four_eyes": rules[one.pk].four_eyes,
            "review_due_date": rules[one.pk].next_review(act.at),
            "approved_version": one.version + 1,
        }
        for one in customers
    }
