"""The cells of the list of customers that show more than their field."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from core.markup import format_html
from core.records.scope import is_visible
from core.templatetags.ui_list import EMPTY, Cell
from customers.models import Customer


def cells(user: Any) -> dict[str, Cell]:
    """Give by column how a person sees people, the primary contact and the group."""
    here = reverse("customers:customer-detail", args=[0])

    def parent(one: Customer) -> Any:
        if one.parent is None:
            return EMPTY
        if not is_visible(one.parent, user):
            return one.parent.masked
        address = here.replace("/0/", f"/{one.parent.pk}/")
        return format_html('<a href="{}">{}</a>', address, one.parent)

    return {
        "salesperson": Cell(_salesperson, "nowrap"),
        "primary_contact": Cell(_primary_contact),
        "parent": Cell(parent),
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
