"""One consistent look at the database for as long as a block lasts; nobody who writes waits for it.

It reads; what is written inside fails on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """See all rows as they were at the first query of the block; inside a transaction, as it does.

    SQLite's transactions otherwise begin as writers: one read would keep all of them waiting.
    """
    if connection.in_atomic_block:
        yield
        return
    with _deferred(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _deferred() -> Iterator[None]:
    """Let the transactions of SQLite begin as readers, those of this connection alone."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()  # which is when it learns its mode
    before = connection.transaction_mode  # type: ignore[attr-defined]
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.transaction_mode = before  # type: ignore[attr-defined]
