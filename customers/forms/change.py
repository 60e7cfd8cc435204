"""THE list of change requests: its columns, filters, search and order, made from the catalog."""

from __future__ import annotations

from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.filters import filters_of
from core.listing import Listing
from core.markup import format_html
from core.templatetags.ui_list import Cell
from customers.catalog import CHANGE
from customers.parts import BY_NAME
from customers.queries import change

LISTING = Listing(
    name="customers.customerchange",
    catalog=CHANGE,
    filters=filters_of(CHANGE, {}),
    search=change.search,
    sort="-updated_at",
    fixed=("code",),
    needed=("code", "state", "holds_from", "closed_at"),
    joined={"record": ("record",)},
)


def cells(user: Any) -> dict[str, Cell]:
    """Give by column what the list says of a request beside its fields."""
    return {"area": Cell(_area, "nowrap")}


def area_of(request: Any) -> Any:
    """Give what a request is about in words: the part whose rows change, or data."""
    return BY_NAME[request.area].label if request.area else _("Customer data")


def _area(one: Any) -> SafeString:
    if one.closed_at or not one.holds_from:
        return escape(area_of(one))
    return format_html('{} <span class="muted">{}</span>', area_of(one), one.holds_from)
