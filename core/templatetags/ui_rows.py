"""The buttons of a grid row: insert, copy, delete. The same for every row but for its number.

Made once for each number and language: a page has many rows, and most of them are empty.
"""

from __future__ import annotations

from functools import lru_cache

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.markup import format_html
from core.templatetags.ui_parts import icon


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
