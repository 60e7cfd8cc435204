"""The workbook to fill or to edit: a sheet of customers, one per kind of child, how to fill them.

Without customers it is the template; with them it is an export that can be imported again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, zip_longest
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.listing import Column
from core.pages import Sort
from core.records.exports.files import FileKind, Order
from core.records.plain import Target
from core.records.register import Register
from core.workbook import writing
from core.workbook import writing_cells as cells
from core.workbook.cells import letters
from core.workbook.writing import Book, Pipe
from core.workbook.writing_parts import quoted
from customers.exports import sheets
from customers.exports.records import Chosen, rows_of
from customers.exports.sheets import Values
from customers.imports.fields import targets
from customers.imports.heads import stamp


@dataclass(frozen=True)
class Plan:
    """What a workbook has: per sheet its columns; per column where its choices stand."""

    columns: dict[str, list[Target]]
    lists: dict[str, list[str]]

    @property
    def ranges(self) -> dict[str, str]:
        """Give the range of the choices of every column that has some."""
        return {
            key: f"{quoted(stamp.LISTS)}!${letter}$2:${letter}${len(texts) + 1}"
            for letter, (key, texts) in zip(
                map(letters, range(len(self.lists))), self.lists.items(), strict=True
            )
        }

    @property
    def version(self) -> str:
        """Give the version of the columns, in today's language."""
        return stamp.version_of(one.key for part in self.columns.values() for one in part)


def plan_for(user: Any, values: Values) -> Plan:
    """Give the columns that a user may fill, and what can be chosen in them."""
    columns = {sheet: sheets.columns_of(sheet, user) for sheet in targets.SHEETS}
    offered = {one.key: values.offered(one) for part in columns.values() for one in part}
    return Plan(columns, {key: texts for key, texts in offered.items() if texts})


def parts(user: Any, chosen: Chosen | None = None) -> Iterator[tuple[int, bytes]]:
    """Give the workbook of these customers with their children: (rows so far, bytes).

    Without customers it is empty, with one sample row a sheet: (0, bytes).
    """
    values = Values()
    plan = plan_for(user, values)
    pipe = Pipe()
    book = Book(pipe)
    total = 0
    for sheet in targets.SHEETS:
        columns = sheets.sheet_columns(plan.columns[sheet], values, plan.ranges)
        rows: Any = (
            [sheets.sample(plan.columns[sheet], values)]
            if chosen is None
            else rows_of(sheet, plan.columns[sheet], chosen, values, user)
        )
        done = 0
        for done in book.table(sheets.title(sheet), columns, rows):
            yield total + done, pipe.take()
        total += done
    _instructions(book, plan, values)
    _lists(book, plan)
    kind = stamp.WORKBOOK if chosen else stamp.TEMPLATE
    stamp.write(book, kind, version=plan.version)
    book.close()
    yield (total if chosen else 0), pipe.take()


def _lists(book: Book, plan: Plan) -> None:
    columns = [cells.Column(key) for key in plan.lists]
    rows = zip_longest(*plan.lists.values(), fillvalue="")
    book.add(stamp.LISTS, columns, rows, state="hidden")


def _instructions(book: Book, plan: Plan, values: Values) -> None:
    columns = [
        cells.Column(_("Sheet"), width=12),
        cells.Column(_("Column"), width=20),
        cells.Column(_("Required"), kind=cells.LONG, width=30),
        cells.Column(_("How it is written"), kind=cells.LONG, width=52),
        cells.Column(_("Longest"), kind=cells.NUMBER, width=10),
        cells.Column(_("Example"), width=32),
    ]
    told = ((_("Note"), "", "", sentence, None, None) for sentence in _sentences())
    fields = (
        (
            sheets.title(sheet),
            sheets.head(target),
            sheets.need_of(target),
            sheets.form_of(target),
            sheets.length_of(target),
            "" if example is None else str(example),
        )
        for sheet, part in plan.columns.items()
        for target in part
        for example in [sheets.example_of(target, values.offered(target))]
    )
    book.add(_("How to fill in"), columns, chain(told, fields))


def _sentences() -> Sequence[str]:
    return (
        _("Row 1 holds the heads; fill in from row 2 on. Columns may stand in any order."),
        _("Heads that end with * are needed before a customer can be submitted."),
        _("Rows of the other sheets point to their customer by its code, or by its row key."),
        _("The row with the key %(key)s shows an example; it is never imported.")
        % {"key": targets.SAMPLE_KEY},
        _("An empty cell keeps what is stored, unless you choose otherwise when importing."),
    )


def _with_customers(
    register: Register, user: Any, rows: models.QuerySet, sort: Sort, columns: Sequence[Column]
) -> Order:
    """Give the export of whole customers, whatever columns the list shows."""
    heads = [
        f"{sheets.title(sheet)}: {one.head}"
        for sheet in targets.SHEETS
        for one in sheets.columns_of(sheet, user)
    ]
    chosen = Chosen(rows, sort.key, sort.is_descending)
    return Order(rows, heads, partial(parts, user, chosen), register.kind.parts)


FILE = FileKind(
    "workbook", lazy("Workbook to edit and import"), "xlsx", writing.CONTENT_TYPE, _with_customers
)
