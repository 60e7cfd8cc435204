"""The values that cells can point to, and what a slip hardly hides.

Pure: what there is was loaded by lookups.py, once per file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from core.records.names import Names
from core.records.plain import Target
from customers.imports.fields import likeness
from customers.imports.fields.cells import Wrong

Held = Callable[[Target, Collection[str]], Collection[str]]


class Unfinished:
    """What of a file is wrong in form but stands so in a draft: a file may bring it back as it was.

    `held` gives the texts that drafts hold; it is asked once for each text of a column.
    """

    def __init__(self, held: Held = lambda _target, _texts: ()) -> None:
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


@dataclass(frozen=True)
class Vocabulary:
    """All values that cells can point to, by the key of the target; of other records it has none.

    `unfinished` knows what of a file is wrong in form but not new.
    """

    names: Mapping[str, Names] = field(default_factory=dict)
    unfinished: Unfinished = field(default_factory=Unfinished)

    def instances(self, target: str) -> Mapping[int, Any]:
        """Give the values by primary key, for the writer."""
        return self.names[target].instances if target in self.names else {}


def guessing(instances: Iterable[Any], kind: str) -> Names:
    """Give the names of values; an unknown text may be a slip of one."""
    return Names(instances, partial(likeness.meant, kind))
