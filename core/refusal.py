"""What a write can end in instead of a row: stale, refused, duplicate, repeated.

They carry sentences for people; who catches them decides how to show them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Stale(Exception):
    """The record changed since it was shown; nothing was written."""


class NotAsShown(Exception):
    """The record is as it was, but not what the machine found about it; nothing was written."""


class Refused(Exception):
    """A rule says no; `problems` are sentences the user can act on."""

    def __init__(self, problems: Sequence[str], fields: Mapping[str, str] | None = None) -> None:
        super().__init__(*problems)
        self.problems = list(problems)
        self.fields = dict(fields or {})

    def __add__(self, other: Refused) -> Refused:
        """Give both as one; where both name a field the first stands there."""
        return Refused([*self.problems, *other.problems], {**other.fields, **self.fields})


class SomeRefused(Exception):
    """Some of many records are refused: `refused` says by their keys why; nothing was written."""

    def __init__(self, refused: Mapping[int, Refused]) -> None:
        super().__init__(len(refused))
        self.refused = dict(refused)


class Duplicate(Refused):
    """A constraint of the database says that another row has this value."""


class Repeated(Exception):
    """The same form was carried out before; `result` is what came of it."""

    def __init__(self, result: str) -> None:
        super().__init__(result)
        self.result = result


class KeyReused(Exception):
    """The key of a form came back with another body; nothing was written."""
