"""Texts that are wrong in form and stand so in a draft: a file may bring them back as they were.

Pure; which of them some draft holds was asked by steps/lookups.py, once for each text of a column.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from core.records.plain import Target
from customers.imports.fields.cells import Wrong

Held = Callable[[Target, Collection[str]], Collection[str]]


def held_by_nobody(target: Target, texts: Collection[str]) -> Collection[str]:
    return ()


class Unfinished:
    """What of a file is wrong in form but not new; `held` gives the texts that drafts hold."""

    def __init__(self, held: Held = held_by_nobody) -> None:
        self._held = held
        self._asked: dict[str, set[str]] = {}
        self._wrong: dict[str, dict[str, Wrong]] = {}

    def __bool__(self) -> bool:
        """Say whether a draft holds any text that is wrong."""
        return any(self._wrong.values())

    def take(self, target: Target, wrong: Mapping[str, Wrong]) -> Collection[str]:
        """Give the texts among these that a draft holds, to be judged by the record they are of."""
        asked = self._asked.setdefault(target.key, set())
        known = self._wrong.setdefault(target.key, {})
        if anew := wrong.keys() - asked:
            asked |= anew
            known |= {text: wrong[text] for text in self._held(target, anew)}
        return known.keys() & wrong.keys()

    def problem(self, key: str, value: object) -> Wrong | None:
        """Give what is wrong with a value of a column, None for one that is not known as wrong."""
        known = self._wrong.get(key)
        return known.get(value) if known and isinstance(value, str) else None
