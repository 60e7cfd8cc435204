"""The last return of a record as one person reads it: why, each remark, what was done about it.

It judges nothing; remarks.py does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import history
from core.models import Change
from core.records import remarks
from core.records.kind import Kind
from core.records.remarks import ANSWER, REMARK, Remark
from core.records.timeline import Teller
from core.timeline import Pair, Row


@dataclass
class Told:
    """One remark in words; `typed` is the answer as it stands in a form, `number` that of its row.

    What changed at its place is told by `pairs` or `rows`. A form that shows it at its place says
    so in `is_placed`.
    """

    name: str
    anchor: str
    place: str
    label: str
    text: str
    answer: str
    answered: Change | None
    typed: str
    pairs: tuple[Pair, ...]
    rows: tuple[Row, ...]
    is_changed: bool
    is_open: bool
    is_placed: bool = False


@dataclass(frozen=True)
class Returned:
    """Who sent a record back when and why, and what was remarked."""

    actor: str
    at: datetime
    reason: str
    version: int
    remarks: tuple[Told, ...]
    summary: str

    @property
    def is_open(self) -> bool:
        """Whether a remark waits for a change or an answer."""
        return any(one.is_open for one in self.remarks)


def last(kind: Kind, record: Any, user: Any, data: Any = None) -> Returned | None:
    """Give the last return of a record, with the answers as typed in `data`; None: it has none."""
    entries = remarks.since_return(kind, [record]).get(record.pk, [])
    if not entries:
        return None
    first, *later = entries
    teller = Teller(kind, record, user, later)
    known = remarks.of(teller.places, entries)
    net = history.net(one.changes for one in later)
    told = tuple(_told(teller, one, net, data) for one in known)
    summary = str(remarks.summary(known)) if known else ""
    reason = teller.cover(first.reason)
    return Returned(str(first.actor), first.at, reason, first.version, told, summary)


def to_mend(kind: Kind, record: Any, user: Any, data: Any = None) -> Returned | None:
    """Give the last return of a record that is still to be mended, else None."""
    state = kind.life.state(record.state)
    found = last(kind, record, user, data) if state.is_open else None
    return found if found and (state.is_setback or found.is_open) else None


def _told(teller: Teller, one: Remark, net: history.Net, data: Any) -> Told:
    name, answer = f"{ANSWER}{one.key}", teller.cover(one.answer)
    moved = teller.places.moved(one.place, net)
    return Told(
        name=name,
        anchor=f"{REMARK}{one.place}",
        place=one.here,
        label=teller.place(one.place, one.row),
        text=teller.cover(one.text),
        answer=answer,
        answered=one.answered,
        typed=answer if data is None else data.get(name, answer),
        pairs=(*teller.pairs(moved.fields), *teller.places.pairs(one.stored, teller.user)),
        rows=tuple(map(teller.row, moved.rows.values())),
        is_changed=one.is_changed,
        is_open=one.is_open,
    )
