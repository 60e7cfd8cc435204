"""The values that cells can point to, and what a slip hardly hides.

Pure: what there is was loaded by lookups.py, once per file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.records import names
from customers.imports.fields import likeness
from customers.imports.fields.unfinished import Unfinished


class Names(names.Names):
    """The values of one kind; an unknown text may be a slip of one."""

    def __init__(self, instances: Iterable[Any], kind: str = "") -> None:
        super().__init__(instances)
        self.kind = kind

    def _meant(self, text: str) -> str:
        """Give the active value that an unknown text can hardly fail to mean."""
        active = [one.name for pk, one in self.instances.items() if pk not in self.inactive]
        return likeness.meant(self.kind, text, dict.fromkeys(active))


@dataclass(frozen=True)
class References:
    """All values that cells can point to, by the key of the target; RECORD targets are not here."""

    by_target: Mapping[str, Names] = field(default_factory=dict)
    unfinished: Unfinished = field(default_factory=Unfinished)

    def names(self, target: str) -> Names:
        """Give the values that a column can point to."""
        return self.by_target[target]

    def instances(self, target: str) -> Mapping[int, Any]:
        """Give the values by primary key, for the writer."""
        return self.by_target[target].instances
