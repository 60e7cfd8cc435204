"""The columns that a sheet of the import can have: what values are given for, and joining keys."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.utils.translation import gettext_lazy as _

from core.catalog import Catalog
from core.records import plain
from core.records.plain import Target, targets_of
from core.said import in_languages
from customers.catalog import CUSTOMER
from customers.models.customer import UNNAMED
from customers.parts import BY_NAME, PARTS

CUSTOMERS = "customers"
CHILDREN = tuple(BY_NAME)
SHEETS = (CUSTOMERS, *CHILDREN)
ROW_KEY, OWNER_CODE = "row_key", "customer_code"
SAMPLE_KEY = "示例"

CATALOGS: Mapping[str, Catalog] = {CUSTOMERS: CUSTOMER} | {one.name: one.catalog for one in PARTS}
# The columns that no row of a part can do without, and those that it is known by.
NEEDED = tuple(f"{part.name}.{name}" for part in PARTS for name in part.needs)
HEADS = frozenset({f"{CUSTOMERS}.name", *(f"{part.name}.{part.head}" for part in PARTS)})


@cache
def of_sheet(sheet: str) -> tuple[Target, ...]:
    """Give the columns of a sheet in the order of the template, the joining keys first."""
    keys = [Target(sheet, ROW_KEY, plain.KEY, _("customer row key"))]
    if sheet in CHILDREN:
        owner = CUSTOMER.field("code")
        keys.insert(0, Target(sheet, OWNER_CODE, plain.KEY, owner.verbose_name, owner))
    return (*keys, *targets_of(sheet, CATALOGS[sheet]))


@cache
def by_key() -> dict[str, Target]:
    """Give every column of every sheet by its key."""
    return {target.key: target for sheet in SHEETS for target in of_sheet(sheet)}


@cache
def by_name(sheet: str) -> dict[str, Target]:
    """Give the columns of a sheet by field name."""
    return {target.name: target for target in of_sheet(sheet)}


@cache
def unnamed() -> frozenset[str]:
    """Give how a record without a name is called, in every language, in small letters."""
    return frozenset(in_languages(UNNAMED))
