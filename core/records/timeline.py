"""The history of one record as it is read: who did what, field by field, secrets masked by right.

Stored entries hold raw keys and full secrets; nothing of that leaves here unjudged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import history
from core import timeline as words
from core.access import mask as masked
from core.access import permissions_of, sees_everything
from core.models import Change
from core.prepared import Prepared
from core.records import places
from core.records.kind import Kind
from core.records.secrets import covers
from core.timeline import Event

PAGE_SIZE = 20
ALL, STATES, FIELDS = "", "state", "fields"
KINDS = ((ALL, lazy("All")), (STATES, lazy("State")), (FIELDS, lazy("Field changes")))

_FIRST = Prepared(lambda subject, pk: history.of(subject, pk)[: PAGE_SIZE + 1])
_BULK = ("bulk", "bulk undo")  # the sources of what an edit of many records wrote, or took back
_QUIET = ("neutral", "muted")
_LONG_NUMBER = re.compile(r"[0-9A-Za-z]{5,}")


@dataclass(frozen=True)
class EventPage:
    """Some entries, newest first, and the version to ask for older ones with (None: no more)."""

    entries: list[Event] = field(default_factory=list)
    older: int | None = None


def page(
    kind: Kind, record: Any, user: Any, *, show: str = ALL, before: int | None = None
) -> EventPage:
    """Give up to 20 entries (all, moves or changes of fields) older than version `before`."""
    if show == ALL and before is None:
        found = _FIRST(kind.aggregate.subject_type, record.pk)
        return _page(kind, found, record, user)
    stored, moves = of(kind, record), [move.name for move in kind.life.transitions]
    if show == STATES:
        stored = stored.filter(action__in=moves)
    elif show == FIELDS:
        stored = stored.exclude(action__in=moves)
    if before is not None:
        stored = stored.filter(version__lt=before)
    return _page(kind, list(stored[: PAGE_SIZE + 1]), record, user)


def _page(kind: Kind, found: list[Change], record: Any, user: Any) -> EventPage:
    shown = found[:PAGE_SIZE]
    older = shown[-1].version if len(found) > PAGE_SIZE else None
    return EventPage(_entries(kind, shown, record, user), older)


def since(kind: Kind, record: Any, user: Any, version: int) -> list[Event]:
    """Give the entries after a version in which a field or child row changed, newest first."""
    stored = of(kind, record).filter(version__gt=version)[:PAGE_SIZE]
    return [entry for entry in _entries(kind, stored, record, user) if entry.says_more]


def latest(kind: Kind, pk: int, user: Any) -> Event | None:
    """Give the newest entry of a record that the user sees, or None."""
    record = kind.seen_by(user).filter(pk=pk).first()
    stored = list(of(kind, record)[:1]) if record else []
    return _entries(kind, stored, record, user)[0] if stored else None


def setback(kind: Kind, record: Any) -> Change | None:
    """Give the entry that set the record back to where it stands, unless a stamp tells all."""
    life, state = kind.life, record.state
    is_told = life.stamp_of(state) and not life.skips(state)
    if is_told or not life.state(state).is_setback:
        return None
    names = [move.name for move in life.leading_to(record.state)]
    return of(kind, record).filter(action__in=names).first()


def of(kind: Kind, record: Any) -> QuerySet[Change]:
    """Give what is stored of a record, newest first."""
    return history.of(kind.aggregate.subject_type, record.pk)


def _entries(kind: Kind, stored: Iterable[Change], record: Any, user: Any) -> list[Event]:
    teller = Teller(kind, record, user, stored)
    return [teller.entry(change) for change in teller.found]


class Teller:
    """Tells entries of one record to one person; what they name is looked up once for all."""

    def __init__(self, kind: Kind, record: Any, user: Any, found: Iterable[Change]) -> None:
        self.kind, self.record, self.user, self.found = kind, record, user, list(found)
        self._covered = {part.name for part in kind.parts if covers(part, record, user)}
        self.places = places.of(kind, record)
        self.cover = self.places.cover(user)
        self._moves = {move.name: move for move in kind.life.transitions}
        self._names = {name: self._as_known(name, user) for name in kind.pointing}
        self._written = {
            "remarks": _("Remark on %(place)s:"), "answers": _("Answer on %(place)s:"),
        }  # fmt: skip
        evidence = kind.history.evidence
        self._evidence = evidence(self.found, user) if evidence else None

    def entry(self, change: Change) -> Event:
        """Give one entry in words."""
        told = change.changes
        stored = told.get("evidence")
        return words.entry(
            change,
            self._look(change.action),
            changes=self.pairs(told.get("fields", {})),
            rows=[self.row(row) for row in told.get("rows", ())],
            kind=STATES if change.action in self._moves else FIELDS,
            evidence=self._evidence(stored) if stored and self._evidence else None,
            said=[
                (mark % {"place": self.place(one["place"], one["row"])}, one["text"])
                for name, mark in self._written.items()
                for one in told.get(name, ())
            ],
            cover=self.cover,
            source_url=self._source_url(change),
        )

    def _source_url(self, change: Change) -> str:
        """Give the page of the bulk edit that wrote an entry, to whom it shows it: who made it."""
        kind = self.kind
        is_own = change.source in _BULK and change.actor_id == self.user.pk
        if not is_own or not any(row.bulk for row in kind.catalog):
            return ""
        is_shown = kind.right("change") in permissions_of(self.user)
        return kind.url("bulk-edit-show", change.operation) if is_shown else ""

    def pairs(self, texts: Mapping[str, Sequence[str]]) -> tuple[words.Pair, ...]:
        """Give stored texts of fields in words, in the order of the field table."""
        order, hidden = _order(self.kind), _hidden(self.kind)
        known = sorted(texts, key=lambda name: order.get(name, len(order)))
        fields = {name: texts[name] for name in known if name not in hidden}
        for name, names in self._names.items():
            if name in fields:
                fields[name] = [names.get(text, "") for text in fields[name]]
        pairs = words.pairs(self.kind.model, fields)
        if self.kind.places is None:
            return pairs  # of what is about another record, texts may tell what that one covers
        return tuple((label, self.cover(old), self.cover(new)) for label, old, new in pairs)

    def place(self, place: str, row: str) -> str:
        """Give what the place of a remark is called."""
        return str(self.places.name_of(place, row, self.user))

    def _as_known(self, field_name: str, user: Any) -> Mapping[str, str]:
        """Give the names of other records as the user may read them: out of sight means masked."""
        named = (one.changes.get("fields", {}).get(field_name, ()) for one in self.found)
        names = {name for pair in named for name in pair if name}
        if not names or sees_everything(user):
            return {name: name for name in names}
        told = self.kind.pointing[field_name].history.names
        return told(names, user) if told else dict.fromkeys(names, "")

    def _look(self, action: str) -> words.Look | None:
        move = self._moves.get(action)
        if move is None:
            return self.kind.history.looks.get(action) or words.LOOKS.get(action)
        tone = self.kind.life.state(move.target).tone if move.target else move.tone
        return move.done, move.icon, "" if tone in _QUIET else tone

    def row(self, row: Mapping[str, Any]) -> words.Row:
        """Give what became of a row in words."""
        part = next(one for one in self.kind.parts if one.name == row["child"])
        label, fields = row["label"], dict(row["fields"])
        if part.name in self._covered:
            label = _LONG_NUMBER.sub(_mask_match, label)
            if part.covered in fields:
                fields[part.covered] = [masked(text) for text in fields[part.covered]]
        title = _("%(kind)s %(label)s") % {"kind": part.title, "label": label}
        return words.row(part.model, row["op"], title, fields)


@cache
def _order(kind: Kind) -> Mapping[str, int]:
    return {row.name: place for place, row in enumerate(kind.catalog)}


@cache
def _hidden(kind: Kind) -> frozenset[str]:
    """The fields that are not told: those of the system, but for what the kind says."""
    system = [one.name for one in kind.catalog.sections if one.is_system]
    rows = {row.name for name in system for row in kind.catalog.in_section(name)}
    return frozenset(rows | set(kind.catalog.internal)) - kind.history.told


def _mask_match(found: re.Match[str]) -> str:
    return masked(found[0])
