"""Changes whose day has come: workers let them take effect, or give them back with a sentence."""

from __future__ import annotations

from enum import Enum
from itertools import islice

from django.db.transaction import atomic
from django.utils import timezone

from core import saving
from core.history import Act
from core.records import transition
from core.records.changes.request import APPROVED
from core.said import joined
from core.said import said as _
from core.saving import Refused, Stale
from customers.models import CustomerChange
from customers.services import changes
from customers.services.kinds import CHANGE

MOST_AT_ONCE = 100
APPROVE = CHANGE.life.transition("approve")
TAKEN = "apply"  # what the history of a request calls the moment it takes effect


class Fate(Enum):
    """What became of a change when its day had come; what `WAITS` is in nobody's way."""

    TAKEN, BACK, WAITS = range(3)


def take() -> int:
    """Look at the approved changes whose day has come, the oldest first, until so many are settled.

    Gives how many took effect.
    """
    waiting = CustomerChange.objects.open().filter(
        state=APPROVED, holds_from__lte=timezone.localdate()
    )
    keys = list(waiting.order_by("holds_from", "pk").values_list("pk", "version"))
    fates = (_take(pk, version) for pk, version in keys)
    settled = list(islice((one for one in fates if one is not Fate.WAITS), MOST_AT_ONCE))
    return settled.count(Fate.TAKEN)


@saving.retried
def _take(pk: int, version: int) -> Fate:
    """Let one take effect; what cannot any more goes back to who asked for it, never half."""
    related = ("record", "created_by", "submitted_by", "approved_by")
    found = CustomerChange.objects.select_related(*related).filter(pk=pk, version=version)
    for request in found:
        act = Act(request.approved_by, "job", "", None, at=timezone.now())
        problems = changes.is_possible([request], act.by)
        try:
            if pk in problems:
                raise problems[pk]
            with atomic():
                brought = changes.taking_effect(APPROVE, [request], act, {})[pk]
                saving.change(CHANGE.aggregate, pk, brought, version=version, act=act, action=TAKEN)
            return Fate.TAKEN
        except Refused as refused:
            return _give_back(request, refused, act)
        except Stale:  # somebody is at it this moment: the next look finds it
            break
    return Fate.WAITS


def _give_back(request: CustomerChange, refused: Refused, act: Act) -> Fate:
    told = _("It could not take effect on its day: %(why)s") % {"why": joined(refused.problems)}
    own = Act(act.by, "job", str(told), None, at=act.at)
    try:
        with atomic():
            transition.one_of_many(CHANGE, "return", [request], act=own)
    except Refused:  # whoever approved it may not return it any more: it waits for a reviewer
        return Fate.WAITS
    except Stale:  # somebody took it back this moment
        return Fate.WAITS
    return Fate.BACK
