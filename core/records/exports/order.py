"""What leaves in one file: the rows it takes, its heads, its parts; and what is noted of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from core.listing import Asked
from core.records.part import Part
from core.said import plain
from core.said import said as _

MOST_AT_ONCE, MOST_LINES = 5_000, 20_000


@dataclass(frozen=True)
class Order:
    """One export: the rows it takes, the heads of its columns, and the file part by part.

    `below` are the parts of which the file has a line for each row below a record.
    """

    rows: models.QuerySet
    heads: list[str]
    parts: Callable[[], Iterator[tuple[int, bytes]]]
    below: tuple[Part, ...] = ()

    @property
    def is_large(self) -> bool:
        """Say whether it is work for a job: more than is sent in a second or two."""
        some = self.rows.order_by()
        if some[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
            return True
        roots = some.values("pk")
        lines = (
            part.model._default_manager.filter(**{f"{part.parent}__in": roots})[: MOST_LINES + 1]
            for part in self.below
        )
        return any(found.count() > MOST_LINES for found in lines)


def in_order(rows: models.QuerySet, key: str, *, is_descending: bool) -> models.QuerySet:
    """Put rows in the order of the page, without its paging."""
    return rows.order_by(*((f"-{key}", "-pk") if is_descending else (key, "pk")))


def conditions(asked: Asked) -> dict[str, Any]:
    """Give what is noted of an address: its query, and the words people read."""
    words = [[plain(chip["label"]), plain(chip["words"])] for chip in asked.chips()]
    if asked.search:
        words.insert(0, [plain(_("Search")), asked.search])
    return {"query": asked.url(), "words": words}
