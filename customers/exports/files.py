"""The kinds of files a list of customers leaves as, each made part by part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.workbook import writing, writing_csv
from core.workbook.writing import Book, Pipe
from customers.exports import tables
from customers.exports.tables import Source
from customers.models import Customer

XLSX, CSV, WORKBOOK = "xlsx", "csv", "workbook"


def title() -> str:
    """Give the name of the sheet of customers."""
    return str(capfirst(Customer._meta.verbose_name))


def name_of(kind: str) -> str:
    """Give the name of a file that leaves now."""
    return f"{title()}-{timezone.localtime():%Y%m%d-%H%M}.{ENDINGS[kind]}"


def list_as_xlsx(rows: models.QuerySet, sources: Sequence[Source]) -> Iterator[tuple[int, bytes]]:
    """Give the list as a workbook of one sheet: (rows so far, bytes)."""
    pipe = Pipe()
    book = Book(pipe)
    columns = [source.column for source in sources]
    total = 0
    for total in book.table(title(), columns, tables.read(rows, sources)):
        yield total, pipe.take()
    book.close()
    yield total, pipe.take()


def list_as_csv(rows: models.QuerySet, sources: Sequence[Source]) -> Iterator[tuple[int, bytes]]:
    """Give the list as CSV: (rows so far, bytes)."""
    heads = [source.column.header for source in sources]
    yield from writing_csv.lines(heads, tables.read(rows, sources))


ENDINGS = {XLSX: "xlsx", CSV: "csv", WORKBOOK: "xlsx"}
CONTENT_TYPES = {
    XLSX: writing.CONTENT_TYPE,
    WORKBOOK: writing.CONTENT_TYPE,
    CSV: writing_csv.CONTENT_TYPE,
}


def labels() -> dict[str, str]:
    """Give the words for every kind of file."""
    return {
        XLSX: _("Excel, as listed"),
        CSV: _("CSV, as listed"),
        WORKBOOK: _("Workbook to edit and import"),
    }
