"""Says what was noticed about the sheets and columns of a file, each thing once.

Pure; what is wrong with single cells is an issue, not a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from core import text
from customers.imports.heads.layout import IGNORED, SKIPPED, UNKNOWN, Layout, SheetLayout

MOST_CELLS = 5
MOST_COLUMNS = 8
MORE = "-more"
# What the reader of workbooks notes, by its kind; %(cells)s are the places.
SENTENCES: Mapping[str, Any] = {
    "merged": lazy("“%(sheet)s”: merged cells keep the value of their first cell: %(cells)s"),
    "picture": lazy("“%(sheet)s”: pictures in cells are not read: %(cells)s"),
    "formula": lazy("“%(sheet)s”: of formulas the stored results are read: %(cells)s"),
    "hidden-rows": lazy("“%(sheet)s”: hidden rows are read like the others: %(cells)s"),
    "hidden-column": lazy("“%(sheet)s”: hidden columns are read like the others: %(cells)s"),
    "xls": lazy("“%(sheet)s” comes from an old Excel file (.xls): look at long numbers closely."),
}

Kept = Sequence[Mapping[str, str]]


def told(layout: Layout, sheets: Iterable[tuple[str, Kept]], samples: int) -> list[str]:
    """Give every note once: sheets and columns that are not read, what was noticed, samples."""
    found = [*_not_read(layout)]
    for name, notes in sheets:
        found += _of_sheet(name, notes)
    if samples:
        found.append(
            ngettext(
                "%(n)d sample row is not imported.", "%(n)d sample rows are not imported.", samples
            )
            % {"n": samples}
        )
    return list(dict.fromkeys(found))


def _not_read(layout: Layout) -> Iterator[str]:
    for sheet in layout.sheets:
        if sheet.shape == SKIPPED and not sheet.is_own:
            yield _("Sheet “%(name)s” is not read: %(reason)s") % {
                "name": sheet.name,
                "reason": sheet.reason,
            }
    for sheet in layout.sheets:
        yield from _columns(sheet)


def _columns(sheet: SheetLayout) -> Iterator[str]:
    """Tell the columns that are left out, those with one reason together."""
    by_reason: dict[str, list[str]] = {}
    for column in sheet.columns:
        if column.fate in (IGNORED, UNKNOWN) and column.header and not column.is_mark:
            reason = column.reason or _("not matched to a field")
            by_reason.setdefault(reason, []).append(f"{column.letter} “{column.header}”")
    for reason, heads in by_reason.items():
        listed = text.first_listed(heads, MOST_COLUMNS)
        yield ngettext(
            "Column %(columns)s of “%(sheet)s” is not read: %(reason)s",
            "Columns %(columns)s of “%(sheet)s” are not read: %(reason)s",
            len(heads),
        ) % {"columns": listed, "sheet": sheet.name, "reason": reason}


def _of_sheet(name: str, notes: Kept) -> Iterator[str]:
    cells: dict[str, list[str]] = {}
    more: dict[str, int] = {}
    for note in notes:
        kind = note["kind"]
        if kind.endswith(MORE):
            more[kind.removesuffix(MORE)] = int(note["detail"])
        else:
            cells.setdefault(kind, []).append(note["detail"] or note["cell"])
    for kind, places in cells.items():
        if kind in SENTENCES:
            shown = text.first_listed(places, MOST_CELLS, more.get(kind, 0))
            yield SENTENCES[kind] % {"sheet": name, "cells": shown}
