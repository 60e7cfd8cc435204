"""Takes many change requests back: what was asked for as a whole is withdrawn as a whole.

What somebody approved stays, and is told; it runs in the transaction of whoever takes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from core.bulk.loading import in_parts, locking
from core.history import Act
from core.records import transition
from core.records.changes.request import APPROVED, WITHDRAWN
from core.records.kind import Kind
from core.said import joined
from core.said import said as _


def withdraw_many(
    kind: Kind, keys: Iterable[int], act: Act, *, acts: Mapping[int, Act] = MappingProxyType({})
) -> dict[int, str]:
    """Withdraw those of these requests that nobody approved; say by key why the others stay.

    `acts` are their own by their keys. What was withdrawn before is not told.
    """
    own = kind.changes
    assert own is not None
    kept, open_ones = dict[int, str](), []
    rows = own.model._default_manager.select_related(*own.known).order_by("pk")
    known = (one for part in in_parts(sorted(keys)) for one in locking(rows.filter(pk__in=part)))
    for request in known:
        if request.state == APPROVED:
            told = _("Its change request %(code)s was approved by %(name)s.")
            kept[request.pk] = told % {"code": request.code, "name": request.approved_by}
        elif request.state != WITHDRAWN:
            open_ones.append(request)
    refused = transition.ask(own.life, own.life.transition("withdraw"), open_ones, act.by).refused
    kept |= {pk: joined(told.problems) for pk, told in refused.items()}
    if going := [one for one in open_ones if one.pk not in refused]:
        transition.move_many(own, "withdraw", going, act=act, acts=acts)
    return kept
