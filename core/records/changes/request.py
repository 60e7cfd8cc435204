"""The change request (变更申请): its table and its life, for the records of whatever kind.

It asks for values of a record in force that a second pair of eyes must see; until it is approved,
and its day has come, the record keeps what it has. An app derives its table from `ChangeRequest`,
with a foreign key `record` to the records it is about.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from core import extend
from core.access import ScopedQuerySet, permissions_of
from core.fields import Json, LongText, SortKey, Text
from core.models.base import Stamped, optional
from core.records import code as code_rules
from core.records.changes.wanted import Wanted, not_theirs
from core.said import said as _
from core.workflow import Milestone, State, Transition, Workflow

DRAFT, SUBMITTED, RETURNED = "draft", "submitted", "returned"
APPROVED, WITHDRAWN = "approved", "withdrawn"

STATES = (
    State(DRAFT, lazy("Draft"), "neutral", "pencil", is_open=True),
    State(SUBMITTED, lazy("Submitted"), "warn", "clock", 2),
    State(RETURNED, lazy("Returned"), "danger", "return", 1, is_setback=True, is_open=True),
    State(APPROVED, lazy("Approved"), "success", "check-circle", 3, is_in_force=True),
    State(WITHDRAWN, lazy("Withdrawn"), "muted", "undo", 1, is_setback=True),
)
MILESTONES = (
    Milestone(pgettext_lazy("change", "Ask"), "created"),
    Milestone(lazy("Submit"), "submitted"),
    Milestone(lazy("Approve"), "approved"),
)


def is_asker(request: Any, user: Any) -> str:
    """Those who asked take it back themselves, or who may also return it."""
    may_return = request.workflow.transition("return").permission in permissions_of(user)
    if may_return or user.pk in (request.created_by_id, request.submitted_by_id):
        return ""
    return _("Only %(name)s, who asked for it, can do this; a reviewer can return it.") % {
        "name": request.created_by
    }


def may_ask_it(request: Any, user: Any) -> str:
    """Whoever may ask for something that is in it now submits it, and nobody else."""
    kind, record = extend.kind_of(type(request.record)), request.record
    theirs = request.asks.size - not_theirs(kind, record, request.asks, user).size
    if theirs or user.is_superuser or not kind.life.state(record.state).is_in_force:
        return ""  # of what is not in force nobody asks for anything: `is_possible` says so
    return say_others_submit()


def say_others_submit() -> str:
    """Say that what is left in a request is for others to submit."""
    return _("You may not ask for what is in this request now; whoever asked for it submits it.")


def is_not_applied(request: Any, user: Any) -> str:
    """What took effect is changed by another request only."""
    if request.closed_at is None:
        return ""
    return _("It took effect already: ask for another change.")


def life(name: str, app: str, stem: str) -> Workflow:
    """Give the life of the change requests of a kind, whose rights an app calls `app` and `stem`.

    The app joins `is_possible`, `judgement`, `taking_effect` and `closing` to it, and the guards
    of core.records. What `is_possible` says, `judgement` says too: it reads the same.
    """

    def move(
        verb: str, label: Any, done: Any, sources: tuple[str, ...], target: str, **more: Any
    ) -> Transition:
        return Transition(verb, label, done, sources, target, f"{app}.{verb}_{stem}", **more)

    moves = (
        move(
            "submit", lazy("Submit"), pgettext_lazy("done", "Submitted"), (DRAFT, RETURNED),
            SUBMITTED, guards=("may_ask_it", "is_possible", "remarks_settled"),
            needless=(SUBMITTED, APPROVED), stamp="submitted",
            group="enter", tone="primary", icon="send",
        ),
        move(
            "withdraw", lazy("Withdraw"), lazy("Withdrawn"),
            (DRAFT, SUBMITTED, RETURNED, APPROVED), WITHDRAWN,
            guards=("is_asker", "is_not_applied"), effect="closing", needless=(WITHDRAWN,),
            group="enter", icon="undo",
        ),
        move(
            "approve", lazy("Approve"), lazy("Approved"), (SUBMITTED,), APPROVED,
            evidence="judgement", effect="taking_effect",
            needless=(APPROVED,), first="submit", stamp="approved", group="judge",
            tone="primary", icon="check",
        ),
        move(
            "return", lazy("Return"), lazy("Returned"), (SUBMITTED, APPROVED), RETURNED,
            guards=("is_not_applied",), comment_required=True, needless=(DRAFT, RETURNED),
            group="judge", tone="danger", icon="return",
        ),
    )  # fmt: skip
    guards = {one.__name__: one for one in (is_asker, may_ask_it, is_not_applied)}
    return Workflow(name, STATES, moves, guards, MILESTONES)


class RequestQuerySet(ScopedQuerySet):
    """Change requests, in sight of who sees the records they are about."""

    scope = "record__scope_unit"

    def open(self) -> Any:
        """Those that may still take effect: they hold the fields and rows they are about."""
        return self.filter(closed_at=None)

    def waiting(self) -> Any:
        """Those that somebody else must decide on."""
        return self.filter(state=SUBMITTED)


class ChangeRequest(Stamped):
    """One request; `wanted` is what it asks for, `area` the part whose rows that is, if any.

    It is open until it took effect or was withdrawn (`closed_at`). Approved with a day from which
    it holds (`holds_from`), it stays open until that day. `operation` is the bulk edit it is of.
    """

    code = Text(
        lazy("request number"), max_length=40, blank=True, fold=True, rule=code_rules.stored
    )
    state = Text(
        lazy("state"),
        max_length=10,
        default=DRAFT,
        editable=False,
        choices=[(state.name, state.label) for state in STATES],
    )
    reason = LongText(lazy("reason of the change"), max_length=500, blank=True)
    holds_from = models.DateField(lazy("holds from"), null=True, blank=True)
    area = Text(lazy("what changes"), max_length=40, blank=True, editable=False)
    wanted = Json(default=dict, editable=False)
    submitted_at = models.DateTimeField(lazy("submitted at"), null=True, editable=False)
    submitted_by = optional(
        settings.AUTH_USER_MODEL, lazy("submitted by"), editable=False, db_index=False
    )
    approved_at = models.DateTimeField(lazy("approved at"), null=True, editable=False)
    approved_by = optional(
        settings.AUTH_USER_MODEL, lazy("approved by"), editable=False, db_index=False
    )
    closed_at = models.DateTimeField(lazy("closed at"), null=True, editable=False)
    operation = models.UUIDField(lazy("bulk edit"), null=True, editable=False)
    code_sort = SortKey(max_length=280, editable=False)

    record: Any  # the foreign key of the app

    objects = RequestQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code or str(self._meta.verbose_name)

    @property
    def scope_unit_id(self) -> int:
        """The unit whose people see it: that of its record."""
        return int(self.record.scope_unit_id)

    @property
    def asks(self) -> Wanted:
        """What it asks for."""
        return Wanted.read(self.wanted)

    @property
    def is_waiting_for_its_day(self) -> bool:
        """Whether it is approved and takes effect on a day to come."""
        return self.state == APPROVED and self.closed_at is None
