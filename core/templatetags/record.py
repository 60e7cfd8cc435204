"""Tags that print the parts of a record: its facts, and panels that other apps add. Owns markup."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core import extend
from core.access import granted
from core.extend import Panel
from core.markup import format_html, format_html_join
from core.records.sections import Value
from core.templatetags.ui_parts import NOTHING, attribute, tag
from core.templatetags.ui_remarks import (
    Pins,
    pin,
    pin_at,
    pin_pattern,
    pin_place,
    remark,
    remark_list,
)
from core.templatetags.ui_values import DASH, money, when

register = template.Library()
for function in (pin, pin_at, pin_pattern, pin_place, remark, remark_list):
    register.simple_tag(function)


@register.simple_tag
def facts(values: Iterable[Value], compact: bool = False, pins: Pins | None = None) -> SafeString:
    """Return the key-value list of some fields; compact for a narrow rail.

    With `pins` each can be remarked on.
    """
    lines = format_html_join(
        "",
        "<div{}{}><dt>{}</dt><dd>{}{}</dd></div>",
        (
            (
                attribute("class", value.is_wide and "kv__wide"),
                pins.attributes(value.name) if pins else NOTHING,
                value.label,
                fact(value),
                pins.at(value.name) if pins else NOTHING,
            )
            for value in values
        ),
    )
    return format_html('<dl class="kv{}">{}</dl>', " kv--1 kv--tight" if compact else "", lines)


@register.simple_tag
def fact(value: Value) -> SafeString | str:
    """Return the value of one field, or a dash when there is none."""
    shown = DASH if value.value in (None, "", []) else _PRINTED[value.kind](value)
    if value.asked is None:
        return shown
    wanted, code, url = value.asked
    told = '{} <span class="tag" data-tone="change">→ {}</span> <a class="fs-12" href="{}">{}</a>'
    return format_html(told, shown, fact(wanted), url, code)


@register.simple_tag(takes_context=True)
def panels(context: Any, page: str) -> SafeString:
    """Return the panels that other apps add to a page, for who has the right to see them."""
    request = context["request"]
    added = granted(extend.seams(Panel, page), request.user)
    shown = (
        (render_to_string(one.template, {"data": one.show(request.user)}, request),)
        for one in added
    )
    return format_html_join("", "{}", shown)


def _tags(value: Value) -> SafeString:
    marks = format_html_join("", "{}", ((tag(mark.name, mark.tone),) for mark in value.value))
    return format_html('<span class="tags">{}</span>', marks)


def _link(value: Value) -> SafeString:
    return format_html('<a href="{}">{}</a>', value.url, value.value)


def _text(value: Value) -> Any:
    return value.value


_PRINTED = {
    "text": _text,
    "code": lambda value: format_html('<span class="nums">{}</span>', value.value),
    "money": lambda value: format_html('<span class="nums">{}</span>', money(value.value)),
    "date": lambda value: when(value.value),
    "moment": lambda value: when(value.value),
    "tags": _tags,
    "record": _link,
}
