"""Makes races certain: on PostgreSQL every racer waits at a barrier just before one statement.

SQLite lets one writer in at a time; there the racers simply start together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, connections


class Gate:
    """An execute wrapper that parks the thread once, before a statement that has `sql` in it."""

    def __init__(self, barrier: threading.Barrier, sql: str) -> None:
        self.barrier, self.sql, self.passed = barrier, sql, False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not self.passed and self.sql in sql:
            self.passed = True
            self.barrier.wait(timeout=20)
        return execute(sql, params, many, context)


def race(racers: Sequence[Callable[[], Any]], *, before: str) -> list[Any]:
    """Run all racers at once, each parked before its first statement with `before` in it.

    Gives their results: what each returned or the exception it raised. A racer that never reaches
    the statement breaks the barrier for the others.
    """
    barrier = threading.Barrier(len(racers))
    results: list[Any] = [None] * len(racers)

    def run(index: int) -> None:
        gate = Gate(barrier, before)
        gate.passed = connection.vendor != "postgresql"
        try:
            with connection.execute_wrapper(gate):
                results[index] = racers[index]()
        except Exception as error:  # noqa: BLE001 — the outcome of a racer is what we look at
            results[index] = error
        finally:
            if not gate.passed:
                barrier.abort()
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(racers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
