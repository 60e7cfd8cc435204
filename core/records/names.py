"""Finds the value that a text means: by code or letters, or by a name that one alone has.

Pure: what there is was loaded by who asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from core.records import plain
from core.records.plain import Target
from core.text import fold_width, without_point_zero

MOST_CANDIDATES = 5
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Found:
    """What a text means: one value (`pk`), several `candidates`, or none with a `suggestion`."""

    pk: int | None = None
    candidates: tuple[str, ...] = ()
    suggestion: str = ""


class Names:
    """The values of one table, found by code or letters, or by a name that one alone has.

    `meant(text, names)` gives the name that an unknown text can hardly fail to mean; by themselves
    they do not guess.
    """

    def __init__(
        self, instances: Iterable[Any], meant: Callable[[str, Iterable[str]], str] | None = None
    ) -> None:
        self._meant = meant
        self.instances: dict[int, Any] = {one.pk: one for one in instances}
        self.inactive = frozenset(pk for pk, one in self.instances.items() if not one.is_active)
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, list[int]] = {}
        self._by_letters: dict[str, int] = {}
        for pk, one in self.instances.items():
            self._by_code[folded(one.code)] = pk
            self._by_name.setdefault(folded(one.name), []).append(pk)
            if letters := getattr(one, "letters", ""):
                self._by_letters.setdefault(folded(letters), pk)

    def __deepcopy__(self, memory: Any) -> Names:
        """Give itself: resources copy their fields, and nothing changes these values."""
        return self

    def find(self, text: str) -> Found:
        """Say what a text means; a disabled value is found too, whoever asks looks at it."""
        wanted = folded(text)
        if pk := self._by_code.get(wanted) or self._by_letters.get(wanted):
            return Found(pk)
        named = self._by_name.get(wanted, [])
        named = [pk for pk in named if self.instances[pk].is_active] or named
        if len(named) == 1:
            return Found(named[0])
        if named:
            return Found(candidates=tuple(map(self.describe, named[:MOST_CANDIDATES])))
        if self._meant is None:
            return Found()
        active = [one.name for pk, one in self.instances.items() if pk not in self.inactive]
        return Found(suggestion=self._meant(text, dict.fromkeys(active)))

    def is_active(self, pk: int) -> bool:
        """Say whether a value can be chosen anew."""
        return pk not in self.inactive

    def text(self, pk: int) -> str:
        """Give the text that find() understands as this value: its name where that is enough."""
        one = self.instances[pk]
        return one.name if self.find(one.name).pk == pk else one.code

    def texts(self) -> dict[int, str]:
        """Give by key the text of every value."""
        return {pk: self.text(pk) for pk in self.instances}

    def describe(self, pk: int) -> str:
        """Give name and code, for people to choose from."""
        one = self.instances[pk]
        return f"{one.name} ({one.code})"


def load(
    targets: Iterable[Target], names: Callable[[type[models.Model]], Names]
) -> Mapping[str, Names]:
    """Give by their keys the values of all targets that have names, each table once."""
    made: dict[type[models.Model], Names] = {}
    found = {}
    for target in targets:
        if target.kind in (plain.REFERENCE, plain.TAGS):
            model = target.field.related_model
            made[model] = found[target.key] = made.get(model) or names(model)
    return found


def folded(text: str) -> str:
    """Give a code or name as it is compared: width, case and blanks do not count."""
    return _BLANKS.sub("", without_point_zero(fold_width(text).strip())).casefold()
