"""Small tools of the measurements: percentiles, tables, captured SQL, a signed-in client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import Client

Statement = tuple[str, Any]

# What is compared with a stock changelist has the same columns as that.
COLUMNS = ("code", "name", "state", "customer_type", "region", "category", "tags",
           "primary_contact", "salesperson", "updated_at")  # fmt: skip


def timed(
    action: Callable[[], Any], runs: int, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Give the milliseconds of each run, sorted; two runs before them warm the caches."""
    spent = []
    for run in range(runs + 2):
        began = clock()
        action()
        if run > 1:
            spent.append((clock() - began) * 1000)
    return sorted(spent)


def percentile(spent: Sequence[float], share: float) -> float:
    """Give the value below which this share of the sorted values lies."""
    return spent[min(len(spent) - 1, int(len(spent) * share))]


@contextmanager
def captured() -> Iterator[list[Statement]]:
    """Collect the statements that the block sends to the database."""
    found: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def repeat(statement: Statement) -> Callable[[], None]:
    """Give a function that sends the statement and fetches every row."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(*statement)
            cursor.fetchall()

    return run


def superuser(name: str) -> Any:
    """Give a superuser, who may enter our site and the stock admin and sees these columns."""
    from core.models import User
    from customers.forms.customer_filter import LISTING

    found = User.objects.filter(username=name).first()
    user = found or User.objects.create_superuser(name, display_name=name)
    LISTING.store_columns(user, COLUMNS)
    return user


def browser(user: Any) -> Client:
    """Give a client that is signed in, as requests on localhost."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="core.access.RoleBackend")
    return client


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a Markdown table, each line as soon as it is known."""
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)
