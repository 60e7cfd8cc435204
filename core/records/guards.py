"""What the moves of any kind of record may ask: a lifecycle names it and joins this module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core import extend
from core.records import places, remarks
from core.refusal import Refused
from core.said import items
from core.said import said as _


def remarks_settled(records: Sequence[Any], user: Any) -> dict[int, Refused]:
    """What was remarked when a record came back was changed or answered, all of it."""
    kind = extend.kind_of(type(records[0]))
    entries, found = remarks.since_return(kind, records), {}
    for record in records:
        own = places.of(kind, record)
        told = remarks.of(own, entries.get(record.pk, ()))
        if left := [one for one in told if one.is_open]:
            names = [own.name_of(one.place, one.row, user) for one in left]
            sentence = _("Remarks wait for a change or an answer: %(places)s.")
            found[record.pk] = Refused([sentence % {"places": items(names)}])
    return found
