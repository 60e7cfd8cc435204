"""A limit of time for queries that people's conditions can make slow; both databases obey it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

BOUND = 0.9  # with what comes before and after, a page keeps within a second

_STEPS = 2_000  # of SQLite's machine between two looks at the clock: well under a millisecond
_QUERY_CANCELED = "57014"


class TooSlow(Exception):
    """The database needed longer than it was given; nothing came of the query."""


@contextmanager
def bounded(seconds: float = BOUND) -> Iterator[None]:
    """Stop the queries of the block after so many seconds. Raises TooSlow.

    On PostgreSQL each statement has the time for itself; a result must be read inside the block.
    """
    limit = _statement_timeout if connection.vendor == "postgresql" else _deadline
    try:
        with limit(seconds):
            yield
    except OperationalError as error:
        stopped = getattr(error.__cause__, "pgcode", "") == _QUERY_CANCELED
        if stopped or str(error) == "interrupted":
            raise TooSlow from error
        raise


@contextmanager
def _statement_timeout(seconds: float) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [max(1, int(seconds * 1000))])
        yield
        # The server may notice a timeout of the last query only at the next command. That must not
        # be COMMIT: psycopg2 takes a failed one for done, and the session stays in its transaction.
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    connection.ensure_connection()
    end = time.monotonic() + seconds
    handle = connection.connection
    handle.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        handle.set_progress_handler(None, 0)
