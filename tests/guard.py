"""Fails every test that writes a business table by anything but core.saving, raw SQL included.

Only resetting the test database is exempt. Tests that must write raw use writing().
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase

from core import append_only
from core.models import Change
from core.models.base import Business, WriteOutsideSaving, is_writing

_WRITE = re.compile(
    r"""\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?(?:\s+ONLY)?
    |DELETE\s+FROM(?:\s+ONLY)?|TRUNCATE(?:\s+TABLE)?)\s+"?(\w+)"?""",
    re.IGNORECASE | re.VERBOSE,
)
_is_resetting = True


@cache
def business_tables() -> frozenset[str]:
    """Return the tables that only core.saving may write."""
    models = [model for model in apps.get_models() if issubclass(model, Business)]
    links = [field.m2m_db_table() for model in models for field in model._meta.local_many_to_many]
    return frozenset([model._meta.db_table for model in models] + links + [Change._meta.db_table])


def written_table(sql: str) -> str:
    """Return the table that a statement writes, or ""."""
    found = _WRITE.match(sql)
    return found[1].lower() if found else ""


def guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Run the statement, unless it writes a business table outside core.saving."""
    if not _is_resetting and not is_writing() and written_table(sql) in business_tables():
        raise WriteOutsideSaving(f"{sql[:200]} is not written through core.saving.")
    return execute(sql, params, many, context)


def watch(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Look at every statement of this connection."""
    if guard not in connection.execute_wrappers:
        connection.execute_wrappers.append(guard)


@contextmanager
def resetting() -> Iterator[None]:
    """Let Django bring the test database back to its beginning."""
    global _is_resetting
    before, _is_resetting = _is_resetting, True
    try:
        yield
    finally:
        _is_resetting = before


_set_up: Any = TransactionTestCase.__dict__["_fixture_setup"].__func__
_tear_down: Any = TransactionTestCase.__dict__["_fixture_teardown"]


@classmethod  # type: ignore[misc]
def _unguarded_setup(case: type[TransactionTestCase]) -> None:
    with resetting():
        _set_up(case)


def _unguarded_teardown(case: TransactionTestCase) -> None:
    with resetting(), append_only.lifted():
        _tear_down(case)


def empty_by_deleting(ops: BaseDatabaseOperations) -> None:
    """Let PostgreSQL delete the few rows of a test: TRUNCATE makes every table anew, in a second.

    Its foreign keys are looked at when the transaction ends, so the order makes no difference.
    """
    truncate = ops.sql_flush

    def delete(style: Any, tables: list[str], **options: Any) -> list[str]:
        if options.get("reset_sequences"):
            return truncate(style, tables, **options)
        return [f"DELETE FROM {ops.quote_name(table)};" for table in tables]

    ops.sql_flush = delete  # type: ignore[method-assign, assignment]


def begin() -> None:
    """Start guarding; called when the test database has its tables and its first rows."""
    global _is_resetting
    TransactionTestCase._fixture_setup = _unguarded_setup  # type: ignore[assignment]
    TransactionTestCase._fixture_teardown = _unguarded_teardown  # type: ignore[method-assign]
    connection_created.connect(watch)
    for connection in connections.all():
        watch(connection)
        if connection.vendor == "postgresql":
            empty_by_deleting(connection.ops)
    _is_resetting = False
