"""A row of a grid to type in: its cells, radio buttons, and the buttons to insert, copy, delete.

Made in Python because a page has many; the buttons are made once for each number and language.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.markup import format_html, format_html_join
from core.templatetags.ui_form import cell, cell_label
from core.templatetags.ui_parts import NOTHING, icon

CHECKED = mark_safe(" checked")


def grid_row(row: Any, number: int | str) -> SafeString:
    """Return one row form of a grid; the script numbers the row of a template, which has none."""
    cells = format_html_join(
        "", '<td data-label="{}">{}</td>', ((one.label, cell(one, number)) for one in row.cells)
    )
    picks = format_html_join("", "{}", ((_pick(row, one, number),) for one in row.picks))
    delete = format_html(
        '<label class="no-js"><input type="checkbox" name="{}"{}>'
        '<span class="vh">{}</span></label>',
        row["DELETE"].html_name,
        CHECKED if row.is_dropped else NOTHING,
        _("Delete row %(number)s") % {"number": number},
    )
    return format_html(
        '<tr data-row><td class="eg__no">{}</td>{}{}<td class="eg__act">{}{}{}{}</td></tr>',
        number, cells, picks, row["pk"], row["line"], delete, row_buttons(number),
    )  # fmt: skip


def _pick(row: Any, pick: Any, number: int | str) -> SafeString:
    return format_html(
        '<td class="eg__pick" data-label="{0}"><input type="radio" name="{1}" value="{2}"'
        ' data-pick="{3}" data-cell-label="{0}" aria-label="{4}"{5}></td>',
        pick.label, pick.name, row.index, pick.flag, cell_label(number, pick.label),
        CHECKED if pick.checked else NOTHING,
    )  # fmt: skip


def row_buttons(number: int | str) -> SafeString:
    """Return the buttons of the row with this number; the script numbers those of a template."""
    return _row_buttons(number, get_language() or "")


@lru_cache(maxsize=1_000)
def _row_buttons(number: int | str, _language: str) -> SafeString:
    named = {"number": number}
    return format_html(
        '<span class="row nowrap js-only">{}{}{}</span>',
        _button("insert", "plus", _("Insert a row below row {row}"),
                _("Insert a row below row %(number)s") % named),
        _button("copy", "copy", _("Copy row {row}"), _("Copy row %(number)s") % named),
        _button("delete", "trash", _("Delete row {row}"), _("Delete row %(number)s") % named),
    )  # fmt: skip


def _button(name: str, picture: str, pattern: str, label: str) -> SafeString:
    return format_html(
        '<button class="btn btn--icon btn--ghost btn--sm" type="button" tabindex="-1" data-row-{}'
        ' data-row-pattern="{}" aria-label="{}" title="{}">{}</button>',
        name, pattern, label, label, icon(picture),
    )  # fmt: skip
