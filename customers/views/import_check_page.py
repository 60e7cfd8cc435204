"""What the check page shows: tiles, sheets, rows, the way of writing, and the panel of problems.

It arranges what customers/imports/desk.py found; the cells are printed in import_grid.py. Of equal
problems one new text stands for one old text: different ones are never put right by the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.ui_values import duration
from core.text import first_listed
from customers.forms.import_check import COLUMNS, VALUES, Place, WriteForm
from customers.imports import desk
from customers.imports.pages.problems import PAGE
from customers.imports.pages.shown import Group, SheetCounts, Summary
from customers.models.import_batch import ImportBatch
from customers.views import import_grid
from customers.views.import_page import errors_url, keyed, steps

# Of each tile the icon and, where it counts any, the tone.
LOOKS = {
    "": ("sheet", ""),
    "created": ("plus", "success"),
    "updated": ("pencil", ""),
    "requested": ("clock", "warn"),
    "unchanged": ("check", ""),
    "undecided": ("copy", "warn"),
    "skipped": ("minus", ""),
    "failed": ("alert", "danger"),
}
# Shown where there are any.
_RARE = ("requested", "skipped")


def context(batch: ImportBatch, place: Place, user: Any, typed: Any = None) -> dict[str, Any]:
    """Give everything the check page prints."""
    found = desk.summary(batch)
    sheet = _sheet(found, place)
    here = replace(place, step="", sheet=sheet.sheet if sheet else None)
    address = reverse("customers:import-show", args=[batch.pk])
    form = typed if isinstance(typed, WriteForm) else _write_form(batch)
    return {
        "back": here.query(),
        "steps": steps(batch, check=_("Confirm, then write")),
        "tiles": _tiles(found, sheet, here) if sheet else [],
        "tabs": [(one, here.query(sheet=one.sheet, group="", page=1)) for one in found.sheets],
        "found": found,
        "write_form": form,
        "cancel_form": keyed(batch, "cancel"),
        "errors_url": errors_url(batch, *(one.counts for one in found.sheets)),
        "columns_url": f"{address}?step={COLUMNS}",
        "values_url": f"{address}?step={VALUES}",
        "questions": desk.questions_of(batch),
        "question_form": keyed(batch, "question"),
        **_groups(batch, found, here),
        **(import_grid.context(batch, sheet, here, user) if sheet else {}),
    }


def _sheet(found: Summary, place: Place) -> SheetCounts | None:
    wanted = [one for one in found.sheets if one.sheet == place.sheet]
    wrong = [one for one in found.sheets if place.show and one.counts.of(place.show)]
    return next(iter(wanted or wrong or found.sheets), None)


def _write_form(batch: ImportBatch) -> WriteForm:
    initial = {
        "version": batch.revision,
        "policy": batch.policy,
        "submit": "1" if batch.submit else "",
        "reason": batch.reason or _("Import %(name)s") % {"name": batch},
    }
    return WriteForm(initial=initial, auto_id="write-%s")


def _tiles(found: Summary, sheet: SheetCounts, here: Place) -> list[dict[str, Any]]:
    """Count the customers of the file, each once, as the sentence beside the button does."""
    counts = found.customers
    kinds = found.kinds[0]
    notes = {
        "": _("All checked in %(time)s") % {"time": duration(found.seconds)},
        "created": _("Those without a code get the next one"),
        "updated": ngettext("%(n)d field changes", "%(n)d fields change", found.field_changes)
        % {"n": found.field_changes},
        "requested": _("In force when a reviewer approves"),
        "unchanged": _("Not written"),
        "undecided": _("Waiting for your decision"),
        "skipped": _("Left out"),
        "failed": ngettext("%(n)d kind of problem", "%(n)d kinds of problems", kinds)
        % {"n": kinds},
    }
    return [
        {
            "url": _tile_url(found, sheet, here, name),
            "label": import_grid.WORDS.get(name) or _("All"),
            "icon": icon,
            "tone": tone if counts.of(name or "read") else "",
            "number": counts.of(name or "read"),
            "note": notes[name],
            "is_current": here.show == name and not here.group,
        }
        for name, (icon, tone) in LOOKS.items()
        if name not in _RARE or counts.of(name)
    ]


def _tile_url(found: Summary, sheet: SheetCounts, here: Place, status: str) -> str:
    """Stay on the sheet in view if it has such rows, else go to one that has."""
    has = [one for one in found.sheets if not status or one.counts.of(status)]
    chosen = sheet if sheet in has or not has else has[0]
    return here.query(show=status, group="", page=1, sheet=chosen.sheet) + "#grid"


def _groups(batch: ImportBatch, found: Summary, here: Place) -> dict[str, Any]:
    """Give a page of the problems and the ways to the others."""
    number = sum(found.kinds)
    page = min(here.groups, max(1, -(-number // PAGE)))
    rest = max(0, number - page * PAGE)
    sheets = {one.sheet: one.name for one in found.sheets}
    return {
        "groups": [
            (one, _where(one, sheets), _url(one, here), keyed(batch, f"group-{one.key}"))
            for one in desk.groups(batch, page)
        ],
        "group_in_view": here.group,
        "groups_rest": rest,
        "groups_more_url": here.query(groups=page + 1) if rest else "",
        "groups_back_url": here.query(groups=page - 1) if page > 1 else "",
    }


def _url(group: Group, here: Place) -> str:
    if not group.first_row:
        return ""
    return here.query(sheet=group.sheet, show="", group=group.key, page=1) + "#grid"


def _where(group: Group, sheets: dict[int, str]) -> str:
    """Give sheet, field and the first cells as Excel names them."""
    more = group.count - len(group.cells) if group.cells else 0
    cells = first_listed(group.cells, len(group.cells), max(0, more))
    return " · ".join(filter(None, (sheets.get(group.sheet), group.column_label, cells)))
