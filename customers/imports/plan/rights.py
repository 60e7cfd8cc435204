"""Which fields the user may change, asked once per distinct case of an import.

The answer is that of core.access for forms; nothing is decided here.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from core.access import may_change
from customers.imports.fields.targets import by_name
from customers.imports.plan.plans import Snapshot


class Rights:
    """Answers for one user; remembered per field rule, state and creator."""

    def __init__(self, user: Any) -> None:
        self._user = user
        self._known: dict[tuple[str, bool, str, int], str] = {}

    def problem(self, sheet: str, name: str, current: Snapshot | None) -> str:
        """Give "" if the field may be changed now, else the sentence why not."""
        row = by_name(sheet)[name].row
        if row is None:
            return ""
        state, creator = (current.state, current.created_by) if current else ("", 0)
        case = (row.change, row.controlled, state, creator)
        if case not in self._known:
            pk = current.pk if current else None
            stub = SimpleNamespace(pk=pk, state=state, created_by_id=creator)
            self._known[case] = str(may_change(row, self._user, stub if current else None))
        return self._known[case]
