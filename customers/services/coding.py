"""What stands in the codes of customers: the letters of the region, the codes of type, category.

How codes are drawn and kept is core/records/coding.py's business.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.prepared import Prepared
from core.records.kind import Coding, Piece
from customers.models import Category, CodeRule, CustomerType, Region, UsedCode

AT_ONCE = 2

_LETTERED = Prepared(lambda keys: Region.objects.filter(pk__in=keys).exclude(letters=""))


def letters_of(region: Region) -> str:
    """Give the letters of the region or of the nearest one above it that has any."""
    if region.letters:
        return region.letters
    above = [int(pk) for pk in region.path.strip("/").split("/") if pk]
    nearest = max(_LETTERED(above), key=lambda node: len(node.path), default=None)
    return nearest.letters if nearest else ""


def _code_of(value: Any) -> str:
    return value.code


def _regions() -> list[Region]:
    return list(Region.objects.active().exclude(letters="").in_order()[:AT_ONCE])


def _types() -> list[CustomerType]:
    return list(CustomerType.objects.active().in_order()[:AT_ONCE])


def _categories() -> list[Category]:
    return list(Category.objects.active().in_order()[:AT_ONCE])


CODING = Coding(
    rules=CodeRule,
    ledger=UsedCode,
    pieces=(
        Piece("region", _("Region letters"), "region", letters_of, _regions),
        Piece("type", _("Customer type code"), "customer_type", _code_of, _types),
        Piece("category", _("Category code"), "category", _code_of, _categories),
    ),
    anything=_("Every customer"),
    nothing=_("No region, type or category has what this rule needs."),
)
CHANGE_CODING = Coding(
    rules=CodeRule, ledger=UsedCode, pieces=(), anything=_("Every change request"), nothing=""
)
