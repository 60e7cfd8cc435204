"""How far a record has come: the milestones of its lifecycle with who and when.

It reads the stamps in the row; whoever asks brings what stands in the history alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.models import Change
from core.workflow import State, Workflow

DONE, CURRENT, TODO, ERROR = "done", "current", "todo", "error"


@dataclass(frozen=True)
class Step:
    """One step: `step` is done, current, todo or error; who and when where it happened."""

    label: Any
    step: str
    icon: str = ""
    who: Any = None
    at: datetime | None = None


def steps(record: Any, setback: Change | None) -> list[Step]:
    """Give a step for each milestone; `setback` is the entry that set the record back, if asked."""
    life: Workflow = record.workflow
    state, shown = life.state(record.state), []
    for place, milestone in enumerate(life.milestones):
        if place == state.passed and state.is_setback:
            shown.append(_setback(record, state, setback))
        elif place < state.passed or not place:
            mark = DONE if place < state.passed else CURRENT
            shown.append(Step(milestone.label, mark, "check", *_stamp(record, milestone.stamp)))
        else:
            shown.append(Step(milestone.label, CURRENT if place == state.passed else TODO))
    return shown


def _setback(record: Any, state: State, entry: Change | None) -> Step:
    if stamp := record.workflow.stamp_of(state.name):
        return Step(state.label, ERROR, state.icon, *_stamp(record, stamp))
    if entry is None:
        return Step(state.label, ERROR, state.icon)
    return Step(state.label, ERROR, state.icon, entry.actor, entry.at)


def _stamp(record: Any, stamp: str) -> tuple[Any, Any]:
    return (
        (getattr(record, f"{stamp}_by"), getattr(record, f"{stamp}_at")) if stamp else (None, None)
    )
