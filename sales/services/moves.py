"""What moves of opportunities ask of other tables and bring; the lifecycle names the functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core import saving
from core.history import Act
from core.workflow import Transition
from sales.lifecycle import CHANCES, LOST, STAGES
from sales.models import Opportunity
from sales.services.kinds import KIND


def estimate(
    move: Transition, opportunities: Sequence[Opportunity], act: Act, _evidence: Any
) -> dict[int, dict[str, Any]]:
    """The probability goes with the stage until somebody changed it; why it was lost is kept."""
    reason = act.reason if move.target == LOST else ""
    brought: dict[int, dict[str, Any]] = {one.pk: {"lost_reason": reason} for one in opportunities}
    for one in opportunities:
        if one.probability == CHANCES[one.state] or move.target not in STAGES:
            brought[one.pk]["probability"] = CHANCES[move.target]
    return brought


def is_unused(opportunities: Sequence[Opportunity], user: Any) -> dict[int, str]:
    """Nothing but what goes with it points to it."""
    return saving.in_use(KIND.aggregate, [one.pk for one in opportunities])
