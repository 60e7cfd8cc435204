"""The life of a customer: states and transitions, and the guards that need only the row.

This is THE table; buttons, endpoints, bulk actions, permissions and docs are made from it.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from core.access import roles_of
from core.said import said as _
from core.workflow import Milestone, State, Transition, Workflow

DRAFT, SUBMITTED, RETURNED = "draft", "submitted", "returned"
APPROVED, ENABLED, DISABLED = "approved", "enabled", "disabled"

STATES = (
    State(DRAFT, lazy("Draft"), "neutral", "pencil", is_open=True),
    State(SUBMITTED, lazy("Submitted"), "warn", "clock", 2, is_reserving=True),
    State(RETURNED, lazy("Returned"), "danger", "return", 1, is_setback=True, is_open=True),
    State(APPROVED, lazy("Approved"), "info", "check", 3, is_in_force=True, is_reserving=True),
    State(
        ENABLED,
        lazy("Enabled"),
        "success",
        "check-circle",
        4,
        is_in_force=True,
        is_reserving=True,
        is_usable=True,
    ),
    State(
        DISABLED,
        lazy("Disabled"),
        "muted",
        "ban",
        3,
        is_setback=True,
        is_in_force=True,
        is_reserving=True,
    ),
)
MILESTONES = (
    Milestone(pgettext_lazy("step", "Enter"), "created"),
    Milestone(lazy("Submit"), "submitted"),
    Milestone(lazy("Approve"), "approved"),
    Milestone(lazy("Enable"), "enabled"),
)

OPEN_STATES = tuple(state.name for state in STATES if state.is_open)
NUMBERS_RESERVED = tuple(state.name for state in STATES if state.is_reserving)
USABLE = tuple(state.name for state in STATES if state.is_usable)
IN_FORCE = tuple(state.name for state in STATES if state.is_in_force)
NOT_IN_FORCE = tuple(state.name for state in STATES if not state.is_in_force)


def is_submitter(customer: Any, user: Any) -> str:
    if customer.submitted_by_id == user.pk or _is_admin(user):
        return ""
    return _("Only %(name)s, who submitted it, or an administrator can withdraw it.") % {
        "name": customer.submitted_by or "—"
    }


def is_creator(customer: Any, user: Any) -> str:
    if customer.created_by_id == user.pk or _is_admin(user):
        return ""
    return _("Only %(name)s, who created it, or an administrator can delete it.") % {
        "name": customer.created_by
    }


def never_approved(customer: Any, user: Any) -> str:
    if customer.approved_at is None:
        return ""
    return _("It was approved before and stays; approved again it can be disabled.")


def _is_admin(user: Any) -> bool:
    return user.is_superuser or "admin" in roles_of(user)


TRANSITIONS = (
    Transition(
        "submit",
        lazy("Submit"),
        pgettext_lazy("done", "Submitted"),
        OPEN_STATES,
        SUBMITTED,
        "customers.submit_customer",
        ("is_complete", "numbers_free", "same_name_explained", "remarks_settled"),
        lastly=("no_twin_before", "has_code"),
        effect="submission",
        needless=NUMBERS_RESERVED,
        stamp="submitted",
        group="enter",
        tone="primary",
        icon="send",
    ),
    Transition(
        "withdraw",
        lazy("Withdraw"),
        lazy("Withdrawn"),
        (SUBMITTED,),
        DRAFT,
        "customers.withdraw_customer",
        ("is_submitter",),
        needless=OPEN_STATES,
        group="enter",
        icon="undo",
    ),
    Transition(
        "approve",
        lazy("Approve"),
        lazy("Approved"),
        (SUBMITTED,),
        APPROVED,
        "customers.approve_customer",
        evidence="four_eyes_and_checklist",
        effect="approval",
        needless=(APPROVED, ENABLED, DISABLED),
        first="submit",
        stamp="approved",
        group="review",
        tone="primary",
        icon="check",
    ),
    Transition(
        "return",
        lazy("Return"),
        lazy("Returned"),
        (SUBMITTED,),
        RETURNED,
        "customers.return_customer",
        comment_required=True,
        needless=OPEN_STATES,
        group="review",
        tone="danger",
        icon="return",
    ),
    Transition(
        "reopen",
        lazy("Reopen"),
        lazy("Reopened"),
        (APPROVED, DISABLED),
        RETURNED,
        "customers.reopen_customer",
        comment_required=True,
        needless=(DRAFT, SUBMITTED, RETURNED),
        first="disable",
        group="review",
        icon="undo",
    ),
    Transition(
        "enable",
        lazy("Enable"),
        lazy("Enabled"),
        (APPROVED, DISABLED),
        ENABLED,
        "customers.enable_customer",
        needless=(ENABLED,),
        first="approve",
        stamp="enabled",
        group="use",
        tone="primary",
        icon="power",
    ),
    Transition(
        "disable",
        lazy("Disable"),
        lazy("Disabled"),
        (ENABLED,),
        DISABLED,
        "customers.disable_customer",
        comment_required=True,
        needless=(DRAFT, SUBMITTED, RETURNED, APPROVED, DISABLED),
        stamp="disabled",
        group="use",
        tone="danger",
        icon="ban",
    ),
    Transition(
        "delete",
        lazy("Delete"),
        lazy("Deleted"),
        OPEN_STATES,
        "",
        "customers.delete_customer",
        ("is_creator", "never_approved"),
        lastly=("is_unused",),
        tone="danger",
        icon="trash",
    ),
)

LIFE = Workflow(
    "customer",
    STATES,
    TRANSITIONS,
    {"is_submitter": is_submitter, "is_creator": is_creator, "never_approved": never_approved},
    MILESTONES,
)
