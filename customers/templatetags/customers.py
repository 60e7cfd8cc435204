"""Tags of the customers' own pages."""

from __future__ import annotations

from typing import Any

from django import template

from customers.exports import files

register = template.Library()


@register.simple_tag
def file_kinds() -> list[tuple[str, Any]]:
    """Give the kinds of files that customers leave as, with their labels."""
    return list(files.labels().items())
