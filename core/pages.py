"""Pages of a long list by keyset: both ways, never OFFSET, a capped count, a limit of time.

Both databases obey the limit. It knows querysets and sort keys, not what rows mean; the address is
read by core/listing.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, models, transaction
from django.db.models import Aggregate, BooleanField, F, Func, TextField, Value
from django.utils.dateparse import parse_datetime

from core import plans

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
    limit = f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}"
    if not connection.in_atomic_block:  # two statements that travel together are a transaction
        with connection.execute_wrapper(
            lambda execute, sql, *given: execute(f"{limit}; {sql}", *given)
        ):
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(limit)
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


SIZES = (50, 100)
CAP = 10_000
BESIDE = 0.2  # seconds for the neighbours of one record: a convenience, not worth waiting for

_COUNT_SHARE = 0.6
_FIRST_SHARE = 0.4
_LARGEST = 2**63 - 1

Count = tuple[int, bool]
Dress = Callable[[models.QuerySet], models.QuerySet]


class BadCursor(ValueError):
    """A position in the address that this list never handed out."""


@dataclass(frozen=True)
class Sort:
    """One order of a list: by a NOT NULL key and then the primary key, both the same way."""

    name: str
    key: str
    is_descending: bool

    def __str__(self) -> str:
        return f"-{self.name}" if self.is_descending else self.name


@dataclass(frozen=True)
class Cursor:
    """The key and primary key of the row that a page begins after, or ends before."""

    key: Any
    pk: int

    def __str__(self) -> str:
        key = self.key.isoformat() if isinstance(self.key, datetime) else self.key
        return f"{key}~{self.pk}"


@dataclass(frozen=True)
class Wanted:
    """Which page: of what size, from where, which way, and the number of its first row if known."""

    sort: Sort
    size: int = SIZES[0]
    cursor: Cursor | None = None
    is_backward: bool = False
    first: int | None = None
    exact: bool = False


@dataclass(frozen=True)
class Page:
    """Rows with the way to their neighbours; `total` None means that nobody knows."""

    rows: list[Any] = field(default_factory=list)
    first: int | None = None
    total: int | None = None
    is_capped: bool = False
    previous: Cursor | None = None
    next: Cursor | None = None

    @property
    def last(self) -> int | None:
        """The number of the last row, when that of the first is known."""
        return None if self.first is None else self.first + len(self.rows) - 1


def read_cursor(text: str, key: models.Field) -> Cursor:
    """Give the position that `text` stands for. Raises BadCursor."""
    value, _mark, number = text.rpartition("~")
    if not (number.isascii() and number.isdigit() and len(number) < 20):
        raise BadCursor(text)
    pk = int(number)
    if pk > _LARGEST or len(value) > 500:
        raise BadCursor(text)
    if isinstance(key, models.DateTimeField):
        return Cursor(_moment(value), pk)
    if value and not value.isprintable():
        raise BadCursor(text)
    return Cursor(_plain(value, key), pk)


def _plain(value: str, key: models.Field) -> Any:
    """Give the value of a key that is a text, a number or a day."""
    try:
        return key.to_python(value)
    except ValidationError as error:
        raise BadCursor(value) from error


def _moment(value: str) -> datetime:
    try:
        moment = parse_datetime(value)
    except ValueError as error:
        raise BadCursor(value) from error
    if moment is None or moment.utcoffset() is None or not 1900 < moment.year < 9000:
        raise BadCursor(value)
    return moment


def count(rows: models.QuerySet, *, exact: bool = False) -> Count:
    """Give how many rows there are, and whether it is only known that there are more than that."""
    if exact:
        return rows.order_by().count(), False
    found = rows.order_by()[: CAP + 1].count()
    return min(found, CAP), found > CAP


class _Keys(Aggregate):
    """The keys of some rows, in a text: a list of ten thousand costs less than as many rows."""

    template = "STRING_AGG(%(expressions)s::text, ',')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="GROUP_CONCAT(%(expressions)s)")


def _counted(rows: models.QuerySet) -> tuple[int, bool, str | None]:
    """Count as `count` does; of few rows give the keys, too, that reading all of them has found."""
    told = rows.order_by().values("pk")[: CAP + 1].aggregate(n=models.Count("pk"), keys=_Keys("pk"))
    found = told["n"]
    return min(found, CAP), found > CAP, told["keys"] if found <= min(plans.FEW, CAP) else None


def load(
    rows: models.QuerySet,
    wanted: Wanted,
    dressed: Dress,
    known: Count | None = None,
    among: models.QuerySet | None = None,
) -> Page:
    """Give the page with its count, in one second at most. Raises TooSlow.

    `dressed` adds to a queryset what the page shows beside the rows: joins and prefetches. `known`
    is what was counted a moment ago, if it was. `among` are the rows that `rows` were chosen from:
    what counting has found is not looked for all over again.
    """
    end = time.monotonic() + BOUND
    total, is_capped, keys = None, False, None
    if known is not None and _is_enough(known, wanted):
        total, is_capped = known
    else:
        with suppress(TooSlow), bounded(BOUND * _COUNT_SHARE):
            if among is not None and _gives_keys(rows, wanted, known):
                total, is_capped, keys = _counted(rows)
            else:
                total, is_capped = count(rows, exact=wanted.exact)
        # If that failed: few rows can be found fast although counting many is slow.
    if total == 0:
        return Page(total=0, first=1)
    few = total if total is not None and not is_capped and total <= CAP else None
    if among is not None and keys is not None:
        planned = rows = plans.keyed(among, keys)
    else:
        planned = plans.planned(rows, wanted.sort.key, few)
    if not plans.is_narrowed(rows):  # the order itself is walked, which is never slow
        return _fetch(dressed(planned), wanted, total, is_capped)
    try:
        with bounded(_left(end) * (_FIRST_SHARE if is_capped else 1)):
            return _fetch(dressed(planned), wanted, total, is_capped)
    except TooSlow:
        if not is_capped:
            raise
    with bounded(_left(end)):
        return _fetch(dressed(plans.collected(rows)), wanted, total, is_capped)


def neighbours(rows: models.QuerySet, sort: Sort, record: Any) -> tuple[int | None, int | None]:
    """Give the keys of the rows before and after a record in an order. Raises TooSlow.

    The record need not be one of the rows: its place in the order counts.
    """
    at = _position(record, sort)
    planned = plans.planned(rows, sort.key, None)
    with bounded(BESIDE):
        before, after = (
            next_to(planned, at.key, at.pk, sort, back).first() for back in (True, False)
        )
    return before, after


def next_to(
    rows: models.QuerySet, key: Any, pk: Any, sort: Sort, is_backward: bool
) -> models.QuerySet:
    """Ask for the key of the row before or after a place in an order."""
    wanted = Wanted(sort, cursor=Cursor(key, pk), is_backward=is_backward)
    return _ordered(rows, wanted).values_list("pk", flat=True)[:1]


def _gives_keys(rows: models.QuerySet, wanted: Wanted, known: Count | None) -> bool:
    """Say whether counting may give the keys: where it reads all rows, or few, to be shown."""
    is_few = known is not None and known[0] <= plans.FEW
    return not wanted.exact and (is_few or plans.is_read_through(rows))


def _is_enough(known: Count, wanted: Wanted) -> bool:
    """Say whether an earlier count will do: of many rows, to print it; never to find the rows."""
    is_last = wanted.is_backward and not wanted.cursor
    return known[0] > plans.FEW and not wanted.exact and not is_last


def _left(end: float) -> float:
    return max(end - time.monotonic(), 0.1)


def _fetch(rows: models.QuerySet, wanted: Wanted, total: int | None, is_capped: bool) -> Page:
    size = wanted.size
    if wanted.is_backward and not wanted.cursor and total is not None and not is_capped:
        size = total % size or size
    found = list(_ordered(rows, wanted)[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if wanted.is_backward:
        found.reverse()
        if wanted.cursor and not has_more and len(found) < size:
            return _fetch(rows, Wanted(wanted.sort, wanted.size), total, is_capped)
    has_previous = has_more if wanted.is_backward else wanted.cursor is not None
    has_next = wanted.cursor is not None if wanted.is_backward else has_more
    return Page(
        rows=found,
        first=_first(wanted, len(found), has_previous, None if is_capped else total),
        total=total,
        is_capped=is_capped,
        previous=_position(found[0], wanted.sort) if found and has_previous else None,
        next=_position(found[-1], wanted.sort) if found and has_next else None,
    )


def _first(wanted: Wanted, shown: int, has_previous: bool, total: int | None) -> int | None:
    if not has_previous:
        return 1
    if wanted.is_backward and not wanted.cursor:
        return None if total is None else total - shown + 1
    return wanted.first


def _position(row: Any, sort: Sort) -> Cursor:
    return Cursor(getattr(row, sort.key), row.pk)


def _ordered(rows: models.QuerySet, wanted: Wanted) -> models.QuerySet:
    is_down = wanted.sort.is_descending != wanted.is_backward
    key = wanted.sort.key
    if wanted.cursor:
        rows = rows.filter(Beyond(rows.model, key, wanted.cursor, "<" if is_down else ">"))
    return rows.order_by(*((f"-{key}", "-pk") if is_down else (key, "pk")))


class Beyond(Func):
    """Key and primary key compared with a position as one row value: an index on both walks it."""

    output_field = BooleanField()

    def __init__(self, model: type[models.Model], key: str, position: Cursor, sign: str) -> None:
        own = model._meta.get_field(key)
        pk = model._meta.pk
        assert pk is not None
        self.sign = sign
        super().__init__(
            F(key),
            F("pk"),
            *(
                one if isinstance(one, Value) else Value(one, output_field=field)
                for one, field in ((position.key, own), (position.pk, pk))
            ),
        )

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> Any:
        parts = [compiler.compile(part) for part in self.source_expressions]
        key, pk, at_key, at_pk = (sql for sql, _params in parts)
        params = [value for _sql, values in parts for value in values]
        return f"({key}, {pk}) {self.sign} ({at_key}, {at_pk})", params
