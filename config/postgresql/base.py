"""The PostgreSQL backend, which counts what it sent that may stay: commits, autocommitted writes.

A request that was cut off before anything of that kind may be carried out again.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

_READS = ("SELECT", "SHOW", "SET", "SAVEPOINT", "EXPLAIN", "DECLARE", "FETCH", "CLOSE")


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with a count."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sent = 0
        self.execute_wrappers.append(self._watch)

    def _commit(self) -> Any:
        self.sent += 1  # also when it fails: nobody knows whether it arrived
        return super()._commit()

    def _watch(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        is_read = isinstance(sql, str) and sql.lstrip(" (\n").upper().startswith(_READS)
        if not self.in_atomic_block and not is_read:
            self.sent += 1
        return execute(sql, params, many, context)
