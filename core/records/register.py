"""The register of a kind of record (台账): what its list and its pages are made from.

What the kind says of itself is enough for those who write; this is for those who show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.listing import Listing
from core.records.kind import Kind

# A person -> cells by column, as core.templatetags.ui_list makes them.
Cells = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Register:
    """The pages of one kind: `place` is where their addresses begin, `title` heads the list.

    `counted` is a lazy plural, as ngettext_lazy gives it: so many (n) records in words.
    `cells(user)` gives by column the cells that show more than their field.
    """

    kind: Kind
    place: str
    title: Any
    counted: Any
    listing: Listing
    cells: Cells
