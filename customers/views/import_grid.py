"""The grid of the check: one page of the rows of a sheet, with every message in its cell.

It prints what it is given (50 rows of 200 columns at most); Python, because a page has thousands
of cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.markup import format_html, format_html_join
from core.templatetags.ui_parts import NOTHING, attribute, icon, tag
from core.text import listed
from customers.forms.import_check import Place
from customers.imports import desk
from customers.imports.fields.targets import HEADS
from customers.imports.pages.shown import (
    Choice,
    GridCell,
    GridColumn,
    GridRow,
    RowsPage,
    SheetCounts,
)
from customers.models.import_batch import ImportBatch
from customers.views.import_page import keyed

TONES = {
    "created": "success",
    "updated": "info",
    "requested": "warn",
    "unchanged": "",
    "undecided": "warn",
    "skipped": "neutral",
    "failed": "danger",
}


# What would become of a row.
WORDS = {
    "created": pgettext_lazy("import result", "Add"),
    "updated": pgettext_lazy("import result", "Update"),
    "requested": pgettext_lazy("import result", "Change request"),
    "unchanged": pgettext_lazy("import result", "Unchanged"),
    "undecided": pgettext_lazy("import result", "Undecided"),
    "skipped": pgettext_lazy("import result", "Skipped"),
    "failed": pgettext_lazy("import result", "Wrong"),
}


def context(batch: ImportBatch, sheet: SheetCounts, here: Place, user: Any) -> dict[str, Any]:
    """Give one page of rows with its head and the links around it."""
    found = desk.rows(batch, sheet.sheet, here.show, here.page, user, here.group)
    # The column that says whose row it is comes first; it stays in sight with the result.
    columns = sorted(found.columns, key=lambda one: one.target not in HEADS)
    return {
        "columns": columns,
        "rows": _rows(batch, sheet, found, columns, here),
        "page": found,
        "all_url": here.query(group="", page=1) if here.group else "",
        "is_filtered": bool(here.show or here.group),
        "previous": here.query(page=found.page - 1) if found.page > 1 else "",
        "next": here.query(page=found.page + 1) if found.page < found.pages else "",
        "decide_form": keyed(batch, "decide"),
        "fix_form": keyed(batch, "fix"),
        "sheet_index": sheet.sheet,
    }


def _rows(
    batch: ImportBatch,
    sheet: SheetCounts,
    found: RowsPage,
    columns: Sequence[GridColumn],
    here: Place,
) -> SafeString:
    fix = reverse("customers:import-fix", args=[batch.pk])
    back = here.query(page=found.page, sheet=sheet.sheet)
    lines = (
        html
        for row in found.rows
        for html in _lines(row, columns, fix + back, sheet.sheet, here.at)
    )
    return format_html_join("\n", "{}", ((line,) for line in lines))


def _lines(
    row: GridRow, columns: Sequence[GridColumn], fix: str, sheet: int, at: str
) -> Iterator[SafeString]:
    cells = {cell.column: cell for cell in row.cells}
    printed = format_html_join(
        "", "{}", ((_cell(row, column, cells.get(column.index), fix, at),) for column in columns)
    )
    yield format_html(
        '<tr id="row-{0}"><th class="rowno" scope="row"><a href="{1}&amp;row={0}"'
        ' aria-label="{2}">{0}</a></th><td class="sheet__result">{3}{4}</td>{5}</tr>',
        row.number,
        fix,
        _("Row %(n)d: all its cells") % {"n": row.number},
        tag(WORDS[row.status], TONES[row.status]),
        _notes(row),
        printed,
    )
    if row.candidates or row.decision:
        yield _question(row, sheet, len(columns) + 1)


def _notes(row: GridRow) -> SafeString:
    notes = list(row.messages)
    if row.is_hidden:
        notes.append(_("Hidden in the file"))
    printed = format_html_join("", '<small class="{}">{}</small>', (
        ("t-danger" if row.status == "failed" else "muted", note) for note in notes
    ))  # fmt: skip
    if row.customer is None:
        return printed
    return format_html("{}{}", _customer(row.customer), printed)


def _customer(one: Choice) -> SafeString:
    name = one.code or one.name
    if one.pk is None:
        return format_html(' <small class="muted">{}</small>', name)
    url = reverse("customers:customer-detail", args=[one.pk])
    return format_html(' <a class="code fs-12" href="{}" title="{}">{}</a>', url, one.name, name)


def _cell(row: GridRow, column: GridColumn, cell: GridCell | None, fix: str, at: str) -> SafeString:
    if cell is None:
        cell = GridCell(column.index, "")
    edit = NOTHING
    if cell.kind in ("error", "warn"):
        edit = format_html(
            '<a class="cell-edit" href="{}&amp;row={}&amp;column={}" aria-label="{}">{}</a>',
            fix,
            row.number,
            column.index,
            _("Change %(column)s of row %(n)d") % {"column": column.label, "n": row.number},
            icon("pencil", "sm"),
        )
    return format_html(
        '<td{}{}{} data-row="{}" data-column="{}">{}{}<span data-text{}>{}</span>{}{}</td>',
        attribute("class", _classes(column)),
        mark_safe(' id="next"') if at == f"{row.number}-{column.index}" else NOTHING,
        attribute("data-cell", cell.kind),
        row.number,
        column.index,
        edit,
        format_html("<del>{}</del>", cell.old or _("(empty)"))
        if cell.kind == "changed"
        else NOTHING,
        NOTHING if cell.text else mark_safe(" data-empty"),
        cell.text if cell.text or cell.kind in ("", "changed") else _("(empty)"),
        format_html('<small class="muted">= {}</small>', cell.meaning) if cell.meaning else NOTHING,
        format_html("<small>{}</small>", cell.message) if cell.message else NOTHING,
    )


def _classes(column: GridColumn) -> str:
    if column.target in HEADS:
        return "sheet__name"
    return "num" if column.is_number else ""


def _question(row: GridRow, sheet: int, width: int) -> SafeString:
    where = f"{sheet}:{row.number}"
    buttons = [
        _answer(
            row, where, f"update:{one.pk}", _("Update %(customer)s") % {"customer": _named(one)}
        )
        for one in row.candidates
        if one.pk is not None
    ]
    if row.candidates:
        buttons.append(_answer(row, where, "create", _("Add all the same")))
        buttons.append(_answer(row, where, "skip", _("Skip")))
    if row.decision:
        buttons.append(_answer(row, where, "", _("Take the answer back")))
    hidden = [_named(one) for one in row.candidates if one.pk is None]
    return format_html(
        '<tr class="sheet__ask"><td class="rowno"></td><td colspan="{}"><div class="row">'
        '<span class="fs-12 soft">{}</span>{}{}</div></td></tr>',
        width,
        _asked(row),
        format_html_join("", "{}", ((button,) for button in buttons)),
        format_html('<span class="muted fs-12">{}</span>', listed(hidden)) if hidden else NOTHING,
    )


def _asked(row: GridRow) -> str:
    if row.candidates:
        return _("Row %(n)d may be one of these:") % {"n": row.number}
    answers = {"update": _("Update it"), "create": _("Add all the same"), "skip": _("Skip")}
    answer = answers.get(row.decision.partition(":")[0], "")
    return _("Row %(n)d was decided: %(answer)s") % {"n": row.number, "answer": answer}


def _named(one: Choice) -> str:
    return f"{one.code} {one.name}".strip()


def _answer(row: GridRow, where: str, decision: str, label: str) -> SafeString:
    return format_html(
        '<button class="btn btn--sm" form="decide-form" name="answer" value="{}:{}"{}>{}</button>',
        where,
        decision,
        attribute("aria-pressed", "true" if decision and decision == row.decision else ""),
        label,
    )
