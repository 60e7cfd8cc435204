"""Loads the records of a kind that are to move; move.py asks and writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import saving
from core.history import Act
from core.models import User
from core.records import move
from core.records.kind import Kind
from core.records.move import Evidence, Shown
from core.refusal import Refused, SomeRefused


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
) -> Any:
    """Make one move, and `then` another in the same step; gives the record, None when deleted.

    What asks for evidence needs what was `shown`. Raises Refused, Stale, NotAsShown, Repeated,
    KeyReused; then nothing is written.
    """
    with saving.once(act) as ticket:
        records = as_seen(kind, {pk: version}, act.by)
        if not records:
            raise saving.Stale
        one_of_many(kind, name, records, act=act, shown=shown or Shown(""))
        if then:
            one_of_many(kind, then, records, act=act)
        ticket.result = str(pk)
    return records[0] if kind.life.transition(name).target else None


def one_of_many(
    kind: Kind, name: str, records: Sequence[Any], *, act: Act, shown: Shown | None = None
) -> None:
    """Move one record inside the caller's transaction. Raises Refused, NotAsShown, Stale."""
    try:
        move_many(kind, name, records, act=act, shown=shown)
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
) -> None:
    """Make one move of many records inside the caller's transaction; they become what they are.

    `acts` are their own by their keys. Raises SomeRefused, NotAsShown, Stale, Duplicate.
    """
    move.carry_out(kind.life, kind.aggregate, name, records, act=act, acts=acts, shown=shown)


def refusals(
    kind: Kind,
    name: str,
    records: Sequence[Any],
    user: User,
    *,
    evidence: Mapping[int, Evidence] | None = None,
    shown: Shown | None = None,
) -> dict[int, Refused]:
    """Say by its key of each record why the move would be refused, in few queries.

    It writes nothing and draws no code. Who has the `evidence` already passes it.
    """
    asked = kind.life.transition(name)
    return move.ask(kind.life, asked, records, user, shown=shown, evidence=evidence).refused


def as_seen(kind: Kind, versions: Mapping[int, int], user: User) -> list[Any]:
    """Give those of these records (pk -> version) that the user sees and nobody changed since."""
    found = kind.seen_by(user).select_related(*kind.known).filter(pk__in=versions)
    return [one for one in found.order_by("pk") if one.version == versions[one.pk]]
