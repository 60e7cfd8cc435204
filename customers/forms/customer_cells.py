"""The cells of the list of customers that show more than their field."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString

from core.markup import format_html
from core.templatetags.ui_list import EMPTY, Cell
from customers.models import Customer


def cells(user: Any) -> dict[str, Cell]:
    """Give by column how a person sees people and the primary contact."""
    return {
        "salesperson": Cell(_salesperson, "nowrap"),
        "primary_contact": Cell(_primary_contact),
    }


def _salesperson(one: Customer) -> SafeString:
    if one.salesperson is None:
        return EMPTY
    unit = one.salesperson.unit or ""
    return format_html('{} <span class="muted">{}</span>', one.salesperson, unit)


def _primary_contact(one: Any) -> SafeString:
    if one.primary_contact is None:
        return EMPTY
    return format_html('{} <span class="muted">{}</span>', *one.primary_contact)
