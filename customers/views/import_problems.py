"""The panel of problems of a check: equal ones once, with their cells and what can be done.

One new text stands for one old text: different texts are never put right by the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.forms.keyed import KeyedForm
from core.text import listed
from customers.forms.import_check import Place
from customers.imports import desk
from customers.imports.pages.problems import PAGE
from customers.imports.pages.shown import Group, GroupValue, Summary
from customers.models.import_batch import ImportBatch


@dataclass(frozen=True)
class Text:
    """One of the different texts of a group, with its box."""

    number: int
    text: str
    label: str
    rows: str


@dataclass(frozen=True)
class Problems:
    """Equal problems with what can be done about them at once."""

    key: str
    title: str
    where: str
    hint: str
    tone: str
    url: str
    suggestion: str
    suggested: str
    texts: list[Text]
    left: str
    form: KeyedForm
    is_shown: bool


def context(batch: ImportBatch, found: Summary, here: Place) -> dict[str, Any]:
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


def _problems(batch: ImportBatch, group: Group, sheets: dict[int, str], here: Place) -> Problems:
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
    return Problems(
        key=group.key,
        title=title,
        where=_where(group, sheets.get(group.sheet, "")),
        hint=group.hint,
        tone="danger" if group.is_error else "warn",
        url=_url(group, here),
        suggestion=suggestion,
        suggested=_("Change to “%(value)s”") % {"value": suggestion} if suggestion else "",
        texts=[_text(at, one) for at, one in enumerate(group.values)],
        left=left % {"n": group.values_left} if group.values and group.values_left else "",
        form=KeyedForm(initial={"version": batch.revision}, auto_id=f"group-{group.key}-%s"),
        is_shown=group.key == here.group,
    )


def _url(group: Group, here: Place) -> str:
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


def _text(at: int, one: GroupValue) -> Text:
    shown = one.text or _("(empty)")
    return Text(
        number=at,
        text=one.text,
        label=_("New value for “%(value)s”") % {"value": shown},
        rows=ngettext("%(n)s row", "%(n)s rows", one.rows) % {"n": f"{one.rows:,}"},
    )
