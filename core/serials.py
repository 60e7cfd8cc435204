"""Draws serial numbers, one counter per (rule, basis), inside the transaction that uses them.

It owns the table of counters, whose rows also serve as locks that last as long as a transaction.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from core.models import Counter


def draw(rule: str, basis: str, *, count: int, start: int, step: int) -> int:
    """Take `count` numbers and give the first; later draws get later numbers, none below `start`.

    The row stays locked until the transaction ends: a save that fails gives its numbers back.
    """
    table = connection.ops.quote_name(Counter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (rule, basis, last) VALUES (%s, %s, %s) "
            f"ON CONFLICT (rule, basis) DO UPDATE SET last = CASE WHEN {table}.last < %s "
            f"THEN EXCLUDED.last ELSE {table}.last + %s END RETURNING last",
            [rule, basis, start + (count - 1) * step, start, count * step],
        )
        last = cursor.fetchone()[0]
    return last - (count - 1) * step


def push(rule: str, bases: Mapping[str, int]) -> None:
    """Move counters forward to at least these numbers, bases in sorted order; never back."""
    table = connection.ops.quote_name(Counter._meta.db_table)
    with connection.cursor() as cursor:
        for basis in sorted(bases):
            cursor.execute(
                f"INSERT INTO {table} (rule, basis, last) VALUES (%s, %s, %s) "
                "ON CONFLICT (rule, basis) DO UPDATE SET last = EXCLUDED.last "
                f"WHERE {table}.last < EXCLUDED.last",
                [rule, basis, bases[basis]],
            )


def put(rule: str, basis: str, last: int | None, *, seen: int) -> bool:
    """Set a counter that still stands at `seen`, back or forward; None forgets it.

    Gives False when somebody drew a number meanwhile.
    """
    table = connection.ops.quote_name(Counter._meta.db_table)
    where = "WHERE rule = %s AND basis = %s AND last = %s"
    with connection.cursor() as cursor:
        if last is None:
            cursor.execute(f"DELETE FROM {table} {where}", [rule, basis, seen])
        else:
            cursor.execute(f"UPDATE {table} SET last = %s {where}", [last, rule, basis, seen])
        return bool(cursor.rowcount)


def hold(name: str) -> None:
    """Let nobody else come past here under the same name until the transaction ends.

    For what a row lock cannot keep: a rule about how rows stand to each other.
    """
    table = connection.ops.quote_name(Counter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (rule, basis, last) VALUES (%s, '', 0) "
            f"ON CONFLICT (rule, basis) DO UPDATE SET last = {table}.last",
            [name],
        )


def peek(rule: str, basis: str, *, start: int, step: int) -> int:
    """Give the number the next draw would get, without taking it."""
    last = Counter.objects.filter(rule=rule, basis=basis).values_list("last", flat=True).first()
    return start if last is None or last < start else last + step
