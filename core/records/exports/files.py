"""The kinds of files that a list leaves as, each made part by part, and what is noted of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as lazy

from core.listing import Asked, Column
from core.pages import Sort
from core.records.exports import columns as by_column
from core.records.exports.columns import FileColumn
from core.records.part import Part
from core.records.register import Register
from core.said import plain
from core.said import said as _
from core.workbook import writing, writing_csv
from core.workbook.writing import Book, Pipe

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


XLSX, CSV = "xlsx", "csv"


@dataclass(frozen=True)
class FileKind:
    """One kind of file: how people call it, what it is, and what makes it of chosen rows."""

    name: str
    label: Any
    ending: str
    content_type: str
    made: Callable[[Register, Any, models.QuerySet, Sort, Sequence[Column]], Order]


def of(register: Register) -> Mapping[str, FileKind]:
    """Give the kinds of files that the records of a register leave as, by name."""
    return {one.name: one for one in (*LISTS, *register.files)}


def made(
    kind: FileKind, register: Register, user: Any, asked: Asked, columns: Sequence[Column]
) -> Order:
    """Give the export of what the address asks for, with these columns of the list."""
    rows = register.listing_of(user).matching(register.kind.seen_by(user), asked)
    return kind.made(register, user, rows, asked.wanted.sort, columns)


def name_of(register: Register, kind: FileKind) -> str:
    """Give the name of a file that leaves now."""
    return f"{_title(register)}-{timezone.localtime():%Y%m%d-%H%M}.{kind.ending}"


def list_as_xlsx(
    title: str, rows: models.QuerySet, sources: Sequence[FileColumn]
) -> Iterator[tuple[int, bytes]]:
    """Give the list as a workbook of one sheet: (rows so far, bytes)."""
    pipe = Pipe()
    book = Book(pipe)
    heads = [source.column for source in sources]
    total = 0
    for total in book.table(title, heads, by_column.read(rows, sources)):
        yield total, pipe.take()
    book.close()
    yield total, pipe.take()


def list_as_csv(
    title: str, rows: models.QuerySet, sources: Sequence[FileColumn]
) -> Iterator[tuple[int, bytes]]:
    """Give the list as CSV, which has no place for a title: (rows so far, bytes)."""
    heads = [source.column.header for source in sources]
    yield from writing_csv.lines(heads, by_column.read(rows, sources))


def _title(register: Register) -> str:
    return str(capfirst(register.kind.label))


def _listed(
    make: Callable[..., Iterator[tuple[int, bytes]]], register: Register, user: Any,
    rows: models.QuerySet, sort: Sort, columns: Sequence[Column],
) -> Order:  # fmt: skip
    sources = by_column.sources(register, columns, user)
    ordered = in_order(rows, sort.key, is_descending=sort.is_descending)
    heads = [source.column.header for source in sources]
    return Order(rows, heads, partial(make, _title(register), ordered, sources))


LISTS = (
    FileKind(
        XLSX, lazy("Excel, as listed"), "xlsx", writing.CONTENT_TYPE, partial(_listed, list_as_xlsx)
    ),
    FileKind(
        CSV, lazy("CSV, as listed"), "csv", writing_csv.CONTENT_TYPE, partial(_listed, list_as_csv)
    ),
)
