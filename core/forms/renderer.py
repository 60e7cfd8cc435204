"""Renders the plain inputs of forms without a template for each: a page of rows has a hundred.

What it does not know goes to Django's own templates.
"""

from __future__ import annotations

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString, mark_safe

from core.markup import attributes, escaped

_INPUTS = frozenset(
    f"django/forms/widgets/{name}.html"
    for name in (
        "checkbox",
        "date",
        "email",
        "hidden",
        "input",
        "number",
        "password",
        "text",
        "url",
    )
)
_AREA = "django/forms/widgets/textarea.html"


class Renderer(DjangoTemplates):
    """Django's renderer, with inputs and text areas made in Python."""

    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        """Return the markup of a widget or form."""
        if template_name in _INPUTS:
            return _input(context["widget"])
        if template_name == _AREA:
            return _area(context["widget"])
        return super().render(template_name, context, request)


def _input(widget: dict[str, Any]) -> SafeString:
    value = widget["value"]
    given = "" if value is None else f' value="{escaped(value)}"'
    kind, name, attrs = widget["type"], escaped(widget["name"]), attributes(widget["attrs"])
    return mark_safe(f'<input type="{kind}" name="{name}"{given}{attrs}>')


def _area(widget: dict[str, Any]) -> SafeString:
    text = escaped(widget["value"] or "")
    name, attrs = escaped(widget["name"]), attributes(widget["attrs"])
    return mark_safe(f'<textarea name="{name}"{attrs}>\n{text}</textarea>')
