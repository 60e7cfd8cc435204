"""The grid of a part: which table it types into, and what the user may see and change of it.

Whoever may not read a secret can keep, replace or remove it: it never reaches the page, and an
empty cell keeps what is stored. Nothing is saved here.
"""

from __future__ import annotations

from typing import Any

from core.access import may_change
from core.forms.grid import SPARE_SENT, Grid
from core.records.part import Part
from core.records.sections import covers
from core.records.table import Table, table
from customers.forms.customer import MODES
from customers.models import Currency
from customers.parts import PARTS
from customers.rules import record


class PartGrid(Grid):
    """The rows of one part of a customer; `locked` is the sentence why the user only reads them."""

    max_num = record.MOST_CHILDREN
    absolute_max = record.MOST_CHILDREN + SPARE_SENT
    modes = MODES

    def __init__(self, part: Part, *, user: Any, customer: Any, home: Any, **more: Any) -> None:
        self.part, self.catalog, self.always = part, part.catalog, part.always
        self.label, self.note, self.covered = part.label, part.note, part.covered
        self.locked = may_change(part.catalog.by_name[part.head], user, customer)
        super().__init__(
            prefix=part.section,
            stored=getattr(customer, part.name).all() if customer else (),
            hides=covers(part, customer, user),
            new={row.name: home for row in part.catalog if _is_currency(part, row.name)},
            **more,
        )

    def table(self) -> Table:
        """Give the stored rows to read, for those who may not change them."""
        return table(self.part, self.stored, covers=bool(self.masked))


def is_copied(part: Part) -> bool:
    """Say whether rows go into a copy: none do where one cannot be without what stays behind."""
    return all(part.catalog.by_name[name].copied for name in part.needs)


def without_hidden(data: Any, user: Any, customer: Any) -> Any:
    """Empty what is typed in stored rows where the user may not see what stands there."""
    hidden = {part.section: part for part in PARTS if covers(part, customer, user)}
    data = data.copy()
    for name in [name for name in data if data[name]]:
        row, _dash, column = name.rpartition("-")
        part = hidden.get(row.rpartition("-")[0])
        if part and column == part.covered and data.get(f"{row}-pk"):
            data[name] = ""
    return data


def _is_currency(part: Part, name: str) -> bool:
    return part.catalog.field(name).related_model is Currency
