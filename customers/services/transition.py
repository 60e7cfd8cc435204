"""Moves customers through their life: loads them, core/records/move.py asks and writes.

What a move asks and brings stands by name in customers/lifecycle.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core import saving
from core.history import Act
from core.models import User
from core.records import move
from core.records.move import Shown
from core.refusal import Refused, SomeRefused
from customers.lifecycle import CUSTOMER as LIFE
from customers.models import Customer
from customers.services import aggregates
from customers.services.guards import Judgement

# What a move looks at beside the row.
RELATED = ("customer_type", "region", "category", "created_by", "submitted_by")


@saving.retried
def perform(
    name: str,
    pk: int,
    *,
    version: int,
    act: Act,
    digest: str | None = None,
    confirmed: bool = False,
    then_enable: bool = False,
) -> Customer | None:
    """Make one move of the lifecycle; gives the record, or None when it was deleted.

    To approve, `digest` must name the checklist that was on the screen. Raises Refused, Stale,
    NotAsShown, Repeated, KeyReused; then nothing is written.
    """
    with saving.once(act) as ticket:
        customers = as_seen({pk: version}, act.by)
        if not customers:
            raise saving.Stale
        one_of_many(name, customers, act=act, shown=Shown(digest or "", confirmed))
        if then_enable:
            one_of_many("enable", customers, act=act)
        ticket.result = str(pk)
    return customers[0] if LIFE.transition(name).target else None


def one_of_many(
    name: str, customers: Sequence[Customer], *, act: Act, shown: Shown | None = None
) -> None:
    """Move one record inside the caller's transaction. Raises Refused, NotAsShown, Stale."""
    try:
        move_many(name, customers, act=act, shown=shown)
    except SomeRefused as some:
        [refused] = some.refused.values()
        raise refused from some


def move_many(
    name: str,
    customers: Sequence[Customer],
    *,
    act: Act,
    acts: Mapping[int, Act] | None = None,
    shown: Shown | None = None,
) -> None:
    """Make one move of many records inside the caller's transaction; they become what they are.

    `acts` are their own by their keys. Raises SomeRefused, NotAsShown, Stale, Duplicate.
    """
    move.carry_out(LIFE, aggregates.CUSTOMER, name, customers, act=act, acts=acts, shown=shown)


def refusals(
    name: str,
    customers: Sequence[Customer],
    user: User,
    *,
    judged: Mapping[int, Judgement] | None = None,
    shown: Shown | None = None,
) -> dict[int, Refused]:
    """Say by its key of each record why the move would be refused, in few queries.

    It writes nothing and draws no code. Who has the judgements already passes them.
    """
    asked = LIFE.transition(name)
    return move.ask(LIFE, asked, customers, user, shown=shown, evidence=judged).refused


def as_seen(versions: Mapping[int, int], user: User) -> list[Customer]:
    """Give those of these records (pk -> version) that the user sees and nobody changed since."""
    seen = Customer.objects.visible_to(user).select_related(*RELATED)
    found = seen.filter(pk__in=versions).order_by("pk")
    return [one for one in found if one.version == versions[one.pk]]
