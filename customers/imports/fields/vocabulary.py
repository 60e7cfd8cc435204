"""The values that cells can point to, and what a slip hardly hides.

Pure: what there is was loaded by lookups.py, once per file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from core.records.names import Names
from customers.imports.fields import likeness
from customers.imports.fields.unfinished import Unfinished


@dataclass(frozen=True)
class Vocabulary:
    """All values that cells can point to, by the key of the target; of other records it has none.

    `unfinished` knows what of a file is wrong in form but not new.
    """

    names: Mapping[str, Names] = field(default_factory=dict)
    unfinished: Unfinished = field(default_factory=Unfinished)

    def instances(self, target: str) -> Mapping[int, Any]:
        """Give the values by primary key, for the writer."""
        return self.names[target].instances


def guessing(instances: Iterable[Any], kind: str) -> Names:
    """Give the names of values; an unknown text may be a slip of one."""
    return Names(instances, partial(likeness.meant, kind))
