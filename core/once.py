"""One transaction for one form: its key works once, and a knot of locks is tried again.

It knows nothing about what is written inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from core import constraints
from core.history import Act
from core.models import IdempotencyKey
from core.refusal import KeyReused, Repeated

MOST_TRIES = 3
# Deadlock, serialization failure: PostgreSQL took the transaction back, another try may pass.
_KNOTS = {"40P01", "40001"}
_COLUMNS = ("key", "user_id", "view", "body_hash", "result", "created_at")

P = ParamSpec("P")
R = TypeVar("R")


class Ticket:
    """What `once` hands out: the service says here what came of the form."""

    result = ""


@contextmanager
def once(act: Act) -> Iterator[Ticket]:
    """Run a block in one transaction, and only once per form key.

    Raises Repeated if the form already took effect, KeyReused if its key came with another body.
    """
    ticket = Ticket()
    with constraints.explained_late(), transaction.atomic():
        if act.key is not None:
            _claim(act)
        yield ticket
        if act.key is not None and ticket.result:
            IdempotencyKey.objects.filter(key=act.key.key).update(result=ticket.result)


@contextmanager
def claimed(act: Act) -> Iterator[Ticket]:
    """Let a form take effect once although its work is many transactions, or none of ours.

    The key is taken first, for others to see at once, and given back when the work fails. Raises
    Repeated (with "" while the first is still at work), KeyReused.
    """
    with once(act):
        pass
    ticket = Ticket()
    mine = IdempotencyKey.objects.filter(key=act.key.key if act.key else "")
    try:
        yield ticket
    except BaseException:
        mine.delete()
        raise
    mine.update(result=ticket.result)


def retried(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service again, three times at most, when the database took it back for a deadlock.

    Inside a transaction of the caller it runs once: only the whole of it could be repeated.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        tries = 1 if connection.in_atomic_block else MOST_TRIES
        for _again in range(tries - 1):
            try:
                return service(*args, **kwargs)
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", "") not in _KNOTS:
                    raise
        return service(*args, **kwargs)

    return run


def _claim(act: Act) -> None:
    """Take the key, waiting for whoever is just taking it; one statement where nobody has it."""
    assert act.key is not None
    mine = (act.by.pk, act.key.view, act.key.body_hash)
    names = ", ".join(map(connection.ops.quote_name, _COLUMNS))
    table = connection.ops.quote_name(IdempotencyKey._meta.db_table)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) VALUES (%s, %s, %s, %s, '', %s) ON CONFLICT DO NOTHING",
            [act.key.key, *mine, now],
        )
        if cursor.rowcount:
            return
    known = IdempotencyKey.objects.get(key=act.key.key)
    if (known.user_id, known.view, known.body_hash) != mine:
        raise KeyReused
    raise Repeated(known.result)
