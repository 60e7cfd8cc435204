"""The life of an opportunity: its stages, and the moves between them.

This is THE table; buttons, endpoints, bulk actions, permissions and docs are made from it.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.workflow import Milestone, State, Transition, Workflow
from customers.lifecycle import is_creator

FIRST, NEEDS, OFFER, TALKS, WON, LOST = "first", "needs", "offer", "talks", "won", "lost"

STATES = (
    State(FIRST, _("First contact"), "neutral", "user", is_usable=True),
    State(NEEDS, _("Needs confirmed"), "info", "check", 1, is_usable=True),
    State(OFFER, _("Offer made"), "change", "file", 2, is_usable=True),
    State(TALKS, _("In negotiation"), "warn", "users", 3, is_usable=True),
    State(WON, pgettext_lazy("opportunity", "Won"), "success", "check-circle", 5, is_usable=True),
    State(LOST, pgettext_lazy("opportunity", "Lost"), "danger", "ban", 4, is_setback=True),
)
STAGES = (FIRST, NEEDS, OFFER, TALKS)
# How likely it is to be won, in percent, unless somebody knows better.
CHANCES = {FIRST: 10, NEEDS: 30, OFFER: 50, TALKS: 70, WON: 100, LOST: 0}
MILESTONES = (
    Milestone(STATES[0].label, "created"),
    *(Milestone(state.label) for state in STATES[1:4]),
    Milestone(STATES[4].label, "closed"),
)
CHANGE = "sales.change_opportunity"


def _to(stage: State) -> Transition:
    """Give the move to a stage from any other one, forward or back."""
    others = tuple(name for name in STAGES if name != stage.name)
    return Transition(
        stage.name, stage.label, stage.label, others, stage.name, CHANGE,
        effect="estimate", needless=(stage.name,), group="stage", tone="primary", icon=stage.icon,
    )  # fmt: skip


TRANSITIONS = (
    *(_to(state) for state in STATES if state.name in STAGES),
    Transition(
        "win",
        pgettext_lazy("opportunity", "Win"),
        pgettext_lazy("opportunity", "Won"),
        STAGES,
        WON,
        CHANGE,
        effect="estimate",
        needless=(WON,),
        stamp="closed",
        group="end",
        tone="primary",
        icon="check-circle",
    ),
    Transition(
        "lose",
        pgettext_lazy("opportunity", "Lose"),
        pgettext_lazy("opportunity", "Lost"),
        STAGES,
        LOST,
        CHANGE,
        effect="estimate",
        comment_required=True,
        needless=(LOST,),
        stamp="closed",
        group="end",
        tone="danger",
        icon="ban",
    ),
    Transition(
        "reopen",
        pgettext_lazy("opportunity", "Reopen"),
        pgettext_lazy("opportunity", "Reopened"),
        (WON, LOST),
        TALKS,
        CHANGE,
        effect="estimate",
        needless=STAGES,
        group="end",
        icon="undo",
    ),
    Transition(
        "delete",
        _("Delete"),
        _("Deleted"),
        STAGES,
        "",
        "sales.delete_opportunity",
        ("is_creator",),
        lastly=("is_unused",),
        tone="danger",
        icon="trash",
    ),
)

LIFE = Workflow("opportunity", STATES, TRANSITIONS, {"is_creator": is_creator}, MILESTONES)
