"""The markup of fields that are filled by typing: select, text, boxes of what is chosen.

static/js/combobox.js makes a combobox of it; without script it works as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.choosing import Option
from core.markup import attributes, format_html, format_html_join

_SELECTED, _CHECKED = SafeString(" selected"), SafeString(" checked")
_DISABLED = SafeString(" disabled")


def select(given: dict[str, Any], choices: Iterable[Any], value: Any) -> SafeString:
    """Return a select with a value chosen."""
    chosen = "" if value is None else str(value)
    options = format_html_join(
        "", '<option value="{}"{}>{}</option>',
        ((key, _SELECTED if str(key) == chosen else "", label) for key, label in choices),
    )  # fmt: skip
    return format_html("<select{}>{}</select>", attributes(given), options)


def text_input(given: dict[str, Any], text: str) -> SafeString:
    """Return a text field."""
    return format_html("<input{}>", attributes({**given, "type": "text", "value": text}))


def candidates(name: str, options: Collection[Option]) -> SafeString:
    """Return the values that may be meant, to choose one by a click; nothing if there are none."""
    if not options:
        return SafeString()
    radios = format_html_join(
        "",
        '<label class="check"><input type="radio" name="{}" value="{}"{}>'
        " {} <small>{}</small></label>",
        (
            (name, one.text, _DISABLED if one.why else "", one.text, one.why or one.note)
            for one in options
        ),
    )
    return format_html(
        '<fieldset class="combo__pick"><legend class="vh">{}</legend>{}</fieldset>',
        _("Values that fit"), radios,
    )  # fmt: skip


def chips(name: str, values: Iterable[tuple[Any, Any, bool]]) -> SafeString:
    """Return a box for each (value, label, whether it is chosen)."""
    return format_html_join(
        "",
        '<label class="chip chip--pick"><input type="checkbox" name="{}" value="{}"{}> {}</label>',
        ((name, value, _CHECKED if on else "", label) for value, label, on in values),
    )
