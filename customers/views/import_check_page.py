"""What the check page shows: tiles, sheets, rows, the way of writing, and the panel of problems.

It arranges what customers/imports/desk.py found; the cells are printed in import_grid.py. Of equal
problems one new text stands for one old text: different ones are never put right by the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.text import listed
from customers.forms.import_check import COLUMNS, VALUES, Place, WriteForm
from customers.imports import desk
from customers.imports.pages.problems import PAGE
from customers.imports.pages.shown import Counts, Group, GroupValue, SheetCounts, Summary
from customers.models.import_batch import ImportBatch
from customers.views import import_grid, import_result_page
from customers.views.import_page import duration, errors_url, keyed, steps

LOOKS = {
    "": ("sheet", ""),
    "created": ("plus", "success"),
    "updated": ("pencil", ""),
    "unchanged": ("check", ""),
    "undecided": ("copy", "warn"),
    "skipped": ("minus", ""),
    "failed": ("alert", "danger"),
}


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
        "tabs": [_tab(one, here) for one in found.sheets],
        "notes": found.notes,
        "write_form": form,
        "cancel_form": keyed(batch, "cancel"),
        "errors_url": errors_url(batch, *(one.counts for one in found.sheets)),
        "columns_url": f"{address}?step={COLUMNS}",
        "values_url": f"{address}?step={VALUES}",
        "moved": import_result_page.lines(found.moved),
        "questions": desk.questions_of(batch),
        "question_form": keyed(batch, "question"),
        **_panel(batch, found, here),
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


def _tiles(found: Summary, sheet: SheetCounts, here: Place) -> list[dict[str, Any]]:
    """Count the customers of the file, each once, as the sentence beside the button does."""
    counts = found.customers
    kinds = found.kinds[0]
    notes = {
        "": _("All checked in %(time)s") % {"time": duration(found.seconds)},
        "created": _("Those without a code get the next one"),
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
        {
            "url": _tile_url(found, sheet, here, name),
            "label": names.get(name) or _("All"),
            "icon": LOOKS[name][0],
            "tone": LOOKS[name][1] if name and counts.of(name) else "",
            "number": f"{counts.of(name) if name else counts.read:,}",
            "unit": pgettext("after a number", "customers"),
            "note": notes[name],
            "is_current": here.show == name and not here.group,
        }
        for name in shown
    ]


def _tile_url(found: Summary, sheet: SheetCounts, here: Place, status: str) -> str:
    """Stay on the sheet in view if it has such rows, else go to one that has."""
    has = [one for one in found.sheets if not status or one.counts.of(status)]
    chosen = sheet if sheet in has or not has else has[0]
    return here.query(show=status, group="", page=1, sheet=chosen.sheet) + "#grid"


def _tab(one: SheetCounts, here: Place) -> dict[str, Any]:
    failed = one.counts.failed
    return {
        "url": here.query(sheet=one.sheet, group="", page=1) + "#grid",
        "label": one.name,
        "count": f"{one.counts.read:,}",
        "errors": ngettext("%(n)d row wrong", "%(n)d rows wrong", failed) % {"n": failed}
        if failed
        else "",
        "is_current": one.sheet == here.sheet,
    }


def _writing(found: Summary, form: WriteForm) -> dict[str, Any]:
    counts = found.customers
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
    return {"policies": policies, "bar": _bar(counts, writable)}


def _bar(counts: Counts, writable: dict[str, str]) -> dict[str, str]:
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
        "“All or nothing” is chosen and %(n)d customer is wrong.",
        "“All or nothing” is chosen and %(n)d customers are wrong.",
        counts.failed,
    )
    return {
        "main": main % writable,
        "rest": rest % numbers,
        "button": button % writable,
        "problem": problem,
        "all_problem": all_problem % {"n": counts.failed} if counts.failed and not problem else "",
    }


def _panel(batch: ImportBatch, found: Summary, here: Place) -> dict[str, Any]:
    """Give a page of the problems and the ways to the others."""
    errors, warnings = found.kinds
    pages = max(1, -(-(errors + warnings) // PAGE))
    page = min(here.groups, pages)
    sheets = {one.sheet: one.name for one in found.sheets}
    rest = errors + warnings - page * PAGE
    more = ngettext("%(n)d more kind of problem", "%(n)d more kinds of problems", rest)
    return {
        "groups": [_problems(batch, one, sheets, here) for one in desk.groups(batch, page)],
        "group_counts": _counts(errors, warnings),
        "groups_more": more % {"n": rest} if rest > 0 else "",
        "groups_more_url": here.query(groups=page + 1) if rest > 0 else "",
        "groups_back_url": here.query(groups=page - 1) if page > 1 else "",
    }


def _counts(errors: int, warnings: int) -> list[tuple[str, str]]:
    found = []
    if errors:
        text = ngettext("%(n)d kind of error", "%(n)d kinds of errors", errors)
        found.append((text % {"n": errors}, "danger"))
    if warnings:
        text = ngettext("%(n)d kind of warning", "%(n)d kinds of warnings", warnings)
        found.append((text % {"n": warnings}, "warn"))
    return found


def _problems(
    batch: ImportBatch, group: Group, sheets: dict[int, str], here: Place
) -> dict[str, Any]:
    number = {"n": f"{group.count:,}", "reason": group.reason}
    title = group.reason
    if group.first_row:
        title = ngettext("%(n)s row: %(reason)s", "%(n)s rows: %(reason)s", group.count) % number
    left = ngettext(
        "%(n)d more value: mend it in the rows", "%(n)d more values: mend them in the rows",
        group.values_left,
    )  # fmt: skip
    is_one = len(group.values) == 1 and not group.values_left
    suggestion = group.suggestion if is_one else ""
    return {
        "key": group.key,
        "title": title,
        "where": _where(group, sheets.get(group.sheet, "")),
        "hint": group.hint,
        "tone": "danger" if group.is_error else "warn",
        "url": _group_url(group, here),
        "suggestion": suggestion,
        "suggested": _("Change to “%(value)s”") % {"value": suggestion} if suggestion else "",
        "texts": [_text(at, one) for at, one in enumerate(group.values)],
        "left": left % {"n": group.values_left} if group.values and group.values_left else "",
        "form": keyed(batch, f"group-{group.key}"),
        "is_shown": group.key == here.group,
    }


def _group_url(group: Group, here: Place) -> str:
    if not group.first_row:
        return ""
    return here.query(sheet=group.sheet, show="", group=group.key, page=1) + "#grid"


def _where(group: Group, sheet: str) -> str:
    """Give sheet, field and the first cells as Excel names them."""
    parts = [part for part in (sheet, group.column_label) if part]
    cells = listed(group.cells)
    if group.count > len(group.cells) > 0:
        cells = _("%(listed)s and %(n)d more") % {
            "listed": cells,
            "n": group.count - len(group.cells),
        }
    return " · ".join([*parts, cells] if cells else parts)


def _text(at: int, one: GroupValue) -> dict[str, Any]:
    shown = one.text or _("(empty)")
    return {
        "number": at,
        "text": one.text,
        "label": _("New value for “%(value)s”") % {"value": shown},
        "rows": ngettext("%(n)s row", "%(n)s rows", one.rows) % {"n": f"{one.rows:,}"},
    }
