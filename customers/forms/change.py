"""THE list of change requests: its columns, filters, search and order, made from the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.filters import filters_of
from core.forms.catalog import in_words
from core.listing import Listing
from core.markup import format_html
from core.records.changes.made import OfBulkEdit
from core.records.changes.wanted import FieldWish, Wanted
from core.records.exports.columns import FileColumn, Raw
from core.records.secrets import Discretion, hiding, once_there
from core.templatetags.ui_list import Cell, clipped
from core.text import listed
from core.workbook import writing_cells as sheet
from customers.catalog import CHANGE, CUSTOMER
from customers.forms.customer_filter import MadeBy
from customers.parts import BY_NAME
from customers.queries import change
from customers.services.kinds import KIND

LISTING = Listing(
    name="customers.customerchange",
    catalog=CHANGE,
    filters=filters_of(
        CHANGE,
        {
            "import": MadeBy(label=_("Made by import"), max_length=20),
            "edit": OfBulkEdit(label=_("Made by bulk edit"), max_length=36),
        },
    ),
    search=change.search,
    sort="-updated_at",
    fixed=("code",),
    needed=("code", "state", "holds_from", "closed_at", "wanted"),
    joined={"record": ("record",)},
)


def cells(user: Any, rows: Sequence[Any]) -> dict[str, Cell]:
    """Give by column what the list says of these requests beside their fields."""
    own = Discretion(KIND, [one.record for one in rows], user)
    return {"area": Cell(_area, "long"), "reason": Cell(partial(_reason, own))}


def columns() -> dict[str, FileColumn]:
    """Give by column what a file says; whoever reads it, reasons hold no account number there."""
    area, reason = (capfirst(str(CHANGE.label(name))) for name in ("area", "reason"))
    return {
        "area": FileColumn(
            sheet.Column(area), ("area",), lambda raw: [str(_about(one)) for one in raw["area"]]
        ),
        "reason": FileColumn(
            sheet.Column(reason, kind=sheet.LONG, width=40),
            ("reason", "record_id"),
            _reasons_in_files,
        ),
    }


def _reason(own: Discretion, one: Any) -> Any:
    return clipped(own.of(one.record)(one.reason))


def _reasons_in_files(raw: Raw) -> list[str]:
    known = once_there(KIND, raw["record_id"])
    pairs = zip(raw["reason"], raw["record_id"], strict=True)
    return [hiding(known.get(pk, ()))(text) for text, pk in pairs]


def _about(area: str) -> Any:
    return BY_NAME[area].label if area else _("Customer data")


def _area(one: Any) -> SafeString:
    shown = clipped(_wishes(one.asks))
    if one.closed_at or not one.holds_from:
        return escape(shown)
    return format_html('{} <span class="muted nowrap">{}</span>', shown, one.holds_from)


def _wishes(asks: Wanted) -> str:
    """Give what shall be otherwise, in a few words: fields, with what is typed into one; rows."""
    told = [_wish(one) for one in asks.fields if one.name in CUSTOMER.by_name]
    parts = dict.fromkeys(str(_about(one.part)) for one in asks.rows)
    return listed([*told, *parts]) or str(_about(""))


def _wish(wish: FieldWish) -> str:
    field, label = CUSTOMER.field(wish.name), capfirst(str(CUSTOMER.label(wish.name)))
    is_typed = isinstance(wish.new, str) and bool(wish.new) and not field.choices
    return f"{label} → {in_words(field, field.to_python(wish.new))}" if is_typed else label
