"""The PostgreSQL backend: it counts what it sent that may stay, and plans a question once.

A request that was cut off before a commit or an autocommitted write may be carried out again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.backends.postgresql import base
from psycopg2.extensions import cursor

_READS = ("SELECT", "SHOW", "SET", "SAVEPOINT", "EXPLAIN", "DECLARE", "FETCH", "CLOSE")


# Of other values PostgreSQL finds the type by itself; a column's may be too small for a number.
_TYPES = {int: "bigint", datetime: "timestamptz"}


class Cursor(cursor):
    """psycopg2's own; of a question with `places` the connection keeps the plan.

    It is known by its SQL and by what is written into it: the same words may ask for other values.
    """

    plans: dict[tuple[str, str], str] | None = None

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's name
        """Send a statement, or the values alone where it is known already."""
        places = getattr(query, "places", None)
        if places is None or self.plans is None:
            return super().execute(query, vars)
        pairs = list(zip(vars, places, strict=True))
        plan = (query, repr([value for value, is_open in pairs if not is_open]))
        if plan not in self.plans:
            name = f"plan_{len(self.plans)}"
            super().execute(self._prepare(name, query, vars, places))
            self.plans[plan] = name
        given = [value for value, is_open in pairs if is_open]
        marks = _listed(["%s"] * len(given))
        return super().execute(f"EXECUTE {self.plans[plan]}{marks}", given)

    def _prepare(self, name: str, query: str, given: Sequence[Any], places: Sequence[bool]) -> str:
        """Write what never changes into the statement: it is planned with it."""
        types: list[str] = []
        values = iter(zip(given, places, strict=True))

        def written(found: re.Match[str]) -> str:
            if found[0] == "%%":
                return "%"
            value, is_open = next(values)
            if not is_open:
                return self.mogrify("%s", [value]).decode()
            types.append(_TYPES.get(type(value), "unknown"))
            return f"${len(types)}"

        text = re.sub("%[%s]", written, query)
        return f"PREPARE {name}{_listed(types)} AS {text}"


def _listed(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)})" if parts else ""


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with a count and plans that last as long as a connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sent = 0
        self.execute_wrappers.append(self._watch)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; a new connection knows no plan."""
        self.plans: dict[tuple[str, str], str] = {}
        return super().get_new_connection(conn_params | {"cursor_factory": Cursor})

    def create_cursor(self, name: str | None = None) -> Any:
        """Give a cursor, with the plans of its connection unless it is the server's."""
        made = super().create_cursor(name)
        if name is None:
            made.plans = self.plans
        return made

    def _commit(self) -> Any:
        self.sent += 1  # also when it fails: nobody knows whether it arrived
        return super()._commit()

    def _watch(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        is_read = isinstance(sql, str) and sql.lstrip(" (\n").upper().startswith(_READS)
        if not self.in_atomic_block and not is_read:
            self.sent += 1
        return execute(sql, params, many, context)
