"""What is exported when somebody asks for the list as a file: rows, columns and order of the page.

It joins the list to the files; both views and jobs ask it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from core.listing import Asked, Column
from core.said import plain
from core.said import said as _
from customers.exports import files, listing, sheets, workbook
from customers.exports.records import Chosen
from customers.forms.customer_filter import LISTING
from customers.imports.fields import targets
from customers.models import Customer
from customers.parts import PARTS

MOST_AT_ONCE, MOST_LINES = 5_000, 20_000


@dataclass(frozen=True)
class Order:
    """One export: the rows it takes, the heads of its columns, and the file part by part.

    `below` are the tables of which the file has a line for each row below a customer.
    """

    rows: models.QuerySet
    heads: list[str]
    parts: Callable[[], Iterator[tuple[int, bytes]]]
    below: tuple[type[models.Model], ...] = ()

    @property
    def is_large(self) -> bool:
        """Say whether it is work for a job: more than is sent in a second or two."""
        some = self.rows.order_by()
        if some[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
            return True
        lines = (
            table._default_manager.filter(customer__in=some.values("pk"))[: MOST_LINES + 1].count()
            for table in self.below
        )
        return any(count > MOST_LINES for count in lines)


def made(kind: str, user: Any, asked: Asked, columns: Sequence[Column]) -> Order:
    """Give the export of what the address asks for, with these columns of the list."""
    rows = LISTING.matching(Customer.objects.visible_to(user), asked)
    sort = asked.wanted.sort
    if kind == files.WORKBOOK:
        chosen = Chosen(rows, sort.key, sort.is_descending)
        heads = [
            f"{sheets.title(sheet)}: {one.head}"
            for sheet in targets.SHEETS
            for one in sheets.columns_of(sheet, user)
        ]
        below = tuple(part.model for part in PARTS)
        return Order(rows, heads, lambda: workbook.with_customers(user, chosen), below)
    sources = listing.sources(columns, user)
    ordered = listing.in_order(rows, sort.key, is_descending=sort.is_descending)
    make = files.list_as_csv if kind == files.CSV else files.list_as_xlsx
    heads = [source.column.header for source in sources]
    return Order(rows, heads, lambda: make(ordered, sources))


def conditions(asked: Asked) -> dict[str, Any]:
    """Give what is noted of an address: its query, and the words people read."""
    words = [[plain(chip["label"]), plain(chip["words"])] for chip in asked.chips()]
    if asked.search:
        words.insert(0, [plain(_("Search")), asked.search])
    return {"query": asked.url(), "words": words}
