"""What the check page shows: tiles, groups of equal problems, sheets, rows, the way of writing.

It arranges what customers/imports/batches.py found; the cells are printed in import_grid.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.forms.keyed import KeyedForm
from customers.forms.import_check import COLUMNS, VALUES, Place, WriteForm
from customers.imports import batches
from customers.imports.shown import Counts, Group, SheetCounts, Summary
from customers.models.import_batch import ImportBatch
from customers.views import import_grid, import_result_page
from customers.views.import_page import duration, steps

MOST_GROUPS = 20
LOOKS = {
    "": ("sheet", ""),
    "created": ("plus", "success"),
    "updated": ("pencil", ""),
    "unchanged": ("check", ""),
    "undecided": ("copy", "warn"),
    "skipped": ("minus", ""),
    "failed": ("alert", "danger"),
}


@dataclass(frozen=True)
class Tile:
    """A number of the check that filters the rows below."""

    url: str
    label: str
    icon: str
    tone: str
    number: str
    unit: str
    note: str
    is_current: bool


@dataclass(frozen=True)
class Tab:
    """A sheet of the file."""

    url: str
    label: str
    count: str
    errors: str
    is_current: bool


@dataclass(frozen=True)
class Fix:
    """A value that would put a whole group right."""

    value: str
    label: str


@dataclass(frozen=True)
class Problems:
    """Equal problems with what can be done about them at once."""

    key: str
    title: str
    where: str
    hint: str
    tone: str
    url: str
    fixes: list[Fix]
    prompt: str
    apply: str
    form: KeyedForm


def context(batch: ImportBatch, place: Place, user: Any, typed: Any = None) -> dict[str, Any]:
    """Give everything the check page prints."""
    found = batches.summary(batch)
    sheet = _sheet(found, place)
    here = Place(step="", sheet=sheet.sheet if sheet else None, show=place.show, page=place.page)
    address = reverse("customers:import-show", args=[batch.pk])
    form = typed if isinstance(typed, WriteForm) else _write_form(batch)
    return {
        "back": here.query(),
        "steps": steps(batch, check=_("Confirm, then write")),
        "tiles": _tiles(found, sheet, here) if sheet else [],
        "tabs": [_tab(one, here) for one in found.sheets],
        "notes": found.notes,
        "write_form": form,
        "cancel_form": KeyedForm(initial={"version": batch.revision}, auto_id="cancel-%s"),
        "errors_url": _errors_url(batch, found),
        "columns_url": f"{address}?step={COLUMNS}",
        "values_url": f"{address}?step={VALUES}",
        "moved": import_result_page.lines(found.moved),
        **_groups(batch, found, here),
        **(import_grid.context(batch, sheet, here, user) if sheet else {}),
        **_writing(found, form),
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
    }
    return WriteForm(initial=initial, auto_id="write-%s")


def _errors_url(batch: ImportBatch, found: Summary) -> str:
    is_wrong = any(one.counts.failed or one.counts.undecided for one in found.sheets)
    return reverse("customers:import-errors", args=[batch.pk]) if is_wrong else ""


def _tiles(found: Summary, sheet: SheetCounts, here: Place) -> list[Tile]:
    counts = sheet.counts
    kinds = len([group for group in found.groups if group.is_error])
    notes = {
        "": _("All checked in %(time)s") % {"time": duration(found.seconds)},
        "created": _("Codes are drawn by the rule"),
        "updated": ngettext("%(n)d field changes", "%(n)d fields change", found.field_changes)
        % {"n": found.field_changes},
        "unchanged": _("Not written"),
        "undecided": _("Waiting for your decision"),
        "skipped": _("Left out"),
        "failed": ngettext("%(n)d kind of problem", "%(n)d kinds of problems", kinds)
        % {"n": kinds},
    }
    names = import_grid.words()
    shown = [name for name in LOOKS if name != "skipped" or counts.skipped]
    return [
        Tile(
            url=here.query(show=name, page=1, sheet=sheet.sheet),
            label=names.get(name) or _("All"),
            icon=LOOKS[name][0],
            tone=LOOKS[name][1] if name and counts.of(name) else "",
            number=f"{counts.of(name) if name else counts.read:,}",
            unit=_("rows"),
            note=notes[name],
            is_current=here.show == name,
        )
        for name in shown
    ]


def _tab(one: SheetCounts, here: Place) -> Tab:
    failed = one.counts.failed
    return Tab(
        url=here.query(sheet=one.sheet, page=1),
        label=one.name,
        count=f"{one.counts.read:,}",
        errors=ngettext("%(n)d wrong", "%(n)d wrong", failed) % {"n": failed} if failed else "",
        is_current=one.sheet == here.sheet,
    )


def _groups(batch: ImportBatch, found: Summary, here: Place) -> dict[str, Any]:
    groups = [_problems(batch, one, found, here) for one in found.groups[:MOST_GROUPS]]
    rest = len(found.groups) - len(groups)
    more = ngettext("%(n)d more kind of problem", "%(n)d more kinds of problems", rest)
    return {
        "groups": groups,
        "group_count": len(found.groups),
        "group_more": more % {"n": rest} if rest else "",
    }


def _problems(batch: ImportBatch, group: Group, found: Summary, here: Place) -> Problems:
    sheets = {one.sheet: one.name for one in found.sheets}
    number = {"n": f"{group.count:,}", "reason": group.reason}
    place = {
        "sheet": sheets.get(group.sheet, ""),
        "column": group.column_label,
        "row": group.first_row,
    }
    where = _("%(sheet)s, row %(row)d") % place
    if group.column_label:
        where = _("%(sheet)s, column %(column)s, from row %(row)d") % place
    fixes = []
    if group.is_fixable and group.suggestion:
        fixes = [Fix(group.suggestion, _("Change to “%(value)s”") % {"value": group.suggestion})]
    return Problems(
        key=group.key,
        title=ngettext("%(n)s row: %(reason)s", "%(n)s rows: %(reason)s", group.count) % number,
        where=where,
        hint=group.hint,
        tone="danger" if group.is_error else "warn",
        url=here.query(sheet=group.sheet, show="failed" if group.is_error else "", page=1),
        fixes=fixes,
        prompt=_("New value for “%(value)s”") % {"value": group.value or _("(empty)")}
        if group.is_fixable
        else "",
        apply=ngettext("Apply to %(n)s row", "Apply to all %(n)s rows", group.count) % number,
        form=KeyedForm(initial={"version": batch.revision}, auto_id=f"group-{group.key}-%s"),
    )


def _writing(found: Summary, form: WriteForm) -> dict[str, Any]:
    counts, wrong = found.customers, found.errors
    writable = {"n": f"{counts.writable:,}"}
    good = ngettext(
        "%(n)s customer is written; what is wrong stays in the error workbook",
        "%(n)s customers are written; what is wrong stays in the error workbook",
        counts.writable,
    )
    policies = [
        {
            "name": "all",
            "label": _("All or nothing"),
            "note": _("One wrong row, and nothing is written"),
        },
        {"name": "good", "label": _("Only the good rows"), "note": good % writable},
    ]
    chosen = form["policy"].value()
    for one in policies:
        one["is_chosen"] = one["name"] == chosen
    return {"policies": policies, "bar": _bar(counts, wrong, writable)}


def _bar(counts: Counts, wrong: int, writable: dict[str, str]) -> dict[str, str]:
    main = ngettext(
        "%(n)s customer would be written", "%(n)s customers would be written", counts.writable
    )
    rest = _(
        "%(created)s added, %(updated)s updated; %(unchanged)s unchanged, %(undecided)s undecided,"
        " %(skipped)s skipped, %(failed)s wrong"
    )
    numbers = {
        name: f"{counts.of(name):,}"
        for name in ("created", "updated", "unchanged", "undecided", "skipped", "failed")
    }
    button = ngettext("Write %(n)s customer", "Write %(n)s customers", counts.writable)
    problem = "" if counts.writable else _("There is nothing to write.")
    all_problem = ngettext(
        "“All or nothing” is chosen and %(n)d row is wrong.",
        "“All or nothing” is chosen and %(n)d rows are wrong.",
        wrong,
    )
    return {
        "main": main % writable,
        "rest": rest % numbers,
        "button": button % writable,
        "problem": problem,
        "all_problem": all_problem % {"n": wrong} if wrong and not problem else "",
    }
