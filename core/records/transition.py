"""Moves records through their life, many in few statements; one is a list of one.

What a move asks and brings is named in the table of the lifecycle; this asks, then writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Protocol

from core import saving
from core.access import Seen
from core.aggregate import Edit
from core.history import Act
from core.models import User
from core.records import remarks
from core.records.kind import Kind
from core.records.remarks import Texts
from core.said import said as _
from core.saving import NotAsShown, Refused, SomeRefused, Stale
from core.workflow import Transition, Workflow


class Evidence(Protocol):
    """What the machine found about a record for a person to decide on."""

    @property
    def digest(self) -> str:
        """Names exactly this result."""

    def problems(self, *, confirmed: bool) -> Sequence[str]:
        """Say what stands in the way, but for what a person may confirm and did."""

    @property
    def doubts(self) -> Sequence[str]:
        """Say what a person should look at, though it stands in nobody's way."""

    def stored(self, *, shown: bool, confirmed: bool) -> Any:
        """Give what the history keeps of it beside the decision."""


@dataclass(frozen=True)
class Shown:
    """What was on the screen of who decides: the evidence by its digest, and what was confirmed."""

    digest: str
    confirmed: bool = False


@dataclass(frozen=True)
class Asked:
    """What is known before records move: by key why some may not, and what the machine found."""

    refused: dict[int, Refused]
    evidence: Mapping[int, Evidence]


def ask(
    life: Workflow,
    move: Transition,
    records: Sequence[Any],
    user: Any,
    *,
    shown: Shown | None = None,
    evidence: Mapping[int, Evidence] | None = None,
) -> Asked:
    """Ask of each record everything that may speak against a move, once; it writes nothing.

    Right, state and row come first: without them nothing more is told. `evidence` is what was
    found already. Raises NotAsShown when it is not what was `shown` (None: nothing was).
    """
    first = ((one.pk, life.first_problem(move, one, user)) for one in records)
    refused = {pk: Refused([problem]) for pk, problem in first if problem}
    left = _fit(records, refused)
    if evidence is None:
        evidence = life.joined[move.evidence](left, user) if move.evidence and left else {}
    found = {one.pk: evidence[one.pk] for one in left if one.pk in evidence}
    if shown and any(one.digest != shown.digest for one in found.values()):
        raise NotAsShown
    told = [guard(left, user) for guard in life.guards_of(move) if left]
    is_confirmed = shown is not None and shown.confirmed
    red = ((pk, one.problems(confirmed=is_confirmed)) for pk, one in found.items())
    for problems in (*told, {pk: Refused(lines) for pk, lines in red if lines}):
        _note(refused, problems)
    for name in move.lastly:
        if left := _fit(records, refused):
            _note(refused, life.joined[name](left, user))
    return Asked(refused, found)


@saving.retried
def perform(
    kind: Kind,
    name: str,
    pk: int,
    *,
    version: int,
    act: Act,
    shown: Shown | None = None,
    then: str = "",
    pinned: Texts = MappingProxyType({}),
) -> Any:
    """Make one move, and `then` another in the same step; gives the record, None when deleted.

    What asks for evidence needs what was `shown`; a return brings what is `pinned` to its places.
    Raises Refused, Stale, NotAsShown, Repeated, KeyReused; then nothing is written.
    """
    with saving.once(act) as ticket:
        records = as_seen(kind, {pk: version}, act.by)
        if not records:
            raise saving.Stale
        one_of_many(kind, name, records, act=act, shown=shown or Shown(""), pinned=pinned)
        if then:
            one_of_many(kind, then, records, act=act)
        ticket.result = str(pk)
    return records[0] if kind.life.transition(name).target else None


def one_of_many(
    kind: Kind, name: str, records: Sequence[Any], *, act: Act, shown: Shown | None = None,
    pinned: Texts = MappingProxyType({}),
) -> None:  # fmt: skip
    """Move one record inside the caller's transaction. Raises Refused, NotAsShown, Stale."""
    try:
        move_many(kind, name, records, act=act, shown=shown, pinned=pinned)
    except SomeRefused as some:
        [refused] = some.refused.values()
        raise refused from some


def move_many(
    kind: Kind,
    name: str,
    records: Sequence[Any],
    *,
    act: Act,
    acts: Mapping[int, Act] | None = None,
    shown: Shown | None = None,
    pinned: Texts = MappingProxyType({}),
) -> None:
    """Make one move of all these records, in the caller's transaction; they become what they are.

    `acts` are their own by their keys, all of one person. Raises SomeRefused, NotAsShown, Stale,
    Duplicate; Refused for what is `pinned` to where it cannot be.
    """
    life, aggregate, own = kind.life, kind.aggregate, acts or {}
    move = life.transition(name)
    asked = ask(life, move, records, act.by, shown=shown)
    if move.comment_required and not act.reason.strip():
        sentence = _("Give a reason.")
        unsaid = Refused([sentence], {"reason": sentence})
        _note(asked.refused, {one.pk: unsaid for one in _fit(records, asked.refused)})
    if asked.refused:
        raise SomeRefused(asked.refused)
    if not move.target:
        seen = {one.pk: one.version for one in records}
        if saving.bulk_delete(aggregate, seen, act=act, action=name):
            raise Stale
        return
    brought = life.joined[move.effect](move, records, act, asked.evidence) if move.effect else {}
    is_shown, confirmed = shown is not None, shown is not None and shown.confirmed
    edits = []
    for one in records:
        by, found = own.get(one.pk, act), asked.evidence.get(one.pk)
        values = {**move.stamped(by.at, by.by), **brought.get(one.pk, {}), "state": move.target}
        told = found.stored(shown=is_shown, confirmed=confirmed) if found else None
        more = {"remarks": remarks.noted(kind, move, one, pinned)} if pinned else {}
        edit = Edit(one.pk, one.version, values, act=by, evidence=told, more=more, always=True)
        edits.append(edit)
    if saving.bulk_change(aggregate, edits, act=act, action=name).stale:
        raise Stale
    for record, edit in zip(records, edits, strict=True):
        written = {**edit.values, **aggregate.stamps(edit.act or act)}
        for field, value in written.items():
            setattr(record, field, value)
        record.version += 1


def as_seen(kind: Kind, versions: Mapping[int, int], user: User) -> list[Any]:
    """Give those of these records (pk -> version) that the user sees and nobody changed since."""
    return [one for one in _seen(kind)(user, list(versions)) if one.version == versions[one.pk]]


@cache
def _seen(kind: Kind) -> Seen:
    def ask(rows: Any, keys: Any) -> Any:
        return rows.select_related(*kind.known).filter(pk__in=keys).order_by("pk")

    return Seen(kind.model, ask)


def _fit(records: Sequence[Any], refused: Mapping[int, Refused]) -> list[Any]:
    return [one for one in records if one.pk not in refused]


def _note(refused: dict[int, Refused], found: Mapping[int, str | Refused]) -> None:
    """Add what a guard says to what others said of the same records."""
    for pk, told in found.items():
        more = told if isinstance(told, Refused) else Refused([told] if told else [])
        if more.problems:
            refused[pk] = refused[pk] + more if pk in refused else more
