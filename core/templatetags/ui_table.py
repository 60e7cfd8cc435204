"""The rows of a part to read: one table, whose rows are cards on narrow screens.

Made in Python because a record may have hundreds; what a cell says is decided before.
"""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.markup import format_html, format_html_join
from core.templatetags.ui_parts import NOTHING, tag
from core.templatetags.ui_values import DASH

SHORT = 14  # a text of fewer characters stays on one line
NOWRAP = mark_safe(' class="nowrap"')


def child_table(table: Any, most: int | None = None) -> SafeString:
    """Return the rows of a core.records Table, the first `most` of them; or that none are."""
    if not table.lines:
        words = '<div class="panel__body"><p class="muted fs-13">{}</p></div>'
        return format_html(words, _("None yet."))
    return format_html(
        '<div class="table-wrap" tabindex="0" role="region" aria-label="{}">'
        '<table class="table table--cards"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        table.label,
        format_html_join("", "<th>{}</th>", ((head,) for head in table.heads)),
        format_html_join("", "<tr>{}{}</tr>", map(_row, table.lines[:most])),
    )


def _row(line: Any) -> tuple[SafeString, SafeString]:
    first, *others = line.cells.values()
    title = format_html(
        '<td class="cell-title">{}{}{}</td>',
        _words(first),
        format_html_join("", " {}", ((tag(label, tone),) for label, tone in line.marks)),
        format_html(' <small class="muted">{}</small>', line.note) if line.note else NOTHING,
    )
    cells = (
        (NOWRAP if one.is_number or len(one.text) < SHORT else NOTHING, one.head, _words(one))
        for one in others
    )
    return title, format_html_join("", '<td{} data-label="{}">{}</td>', cells)


def _words(cell: Any) -> SafeString | str:
    if cell.is_number and cell.text:
        return format_html('<span class="nums">{}</span>', cell.text)
    return cell.text or DASH
