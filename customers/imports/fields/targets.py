"""The columns a sheet of the import can have, made from the field table.

A value travels in its plain form, which JSON can hold: text "", flags, integers and keys of
references as they are, amounts "1200.00", dates "2024-05-01", tags a list of keys; None is nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.catalog import Catalog, Row
from core.said import label
from customers.catalog import CUSTOMER
from customers.models.customer import UNNAMED
from customers.parts import BY_NAME, PARTS
from customers.services.cells import in_languages

CUSTOMERS = "customers"
CHILDREN = tuple(BY_NAME)
SHEETS = (CUSTOMERS, *CHILDREN)
ROW_KEY, OWNER_CODE = "row_key", "customer_code"
SAMPLE_KEY = "示例"

TEXT, LONG, CHOICE, FLAG, DECIMAL = "text", "long", "choice", "flag", "decimal"
INTEGER, DATE, REFERENCE, RECORD, TAGS, KEY = (
    "integer",
    "date",
    "reference",
    "record",
    "tags",
    "key",
)

CATALOGS: Mapping[str, Catalog] = {CUSTOMERS: CUSTOMER} | {one.name: one.catalog for one in PARTS}
# The columns that no row of a part can do without, and those that it is known by.
NEEDED = tuple(f"{part.name}.{name}" for part in PARTS for name in part.needs)
HEADS = frozenset({f"{CUSTOMERS}.name", *(f"{part.name}.{part.head}" for part in PARTS)})
ROW_KEY_LENGTH = 60

Plain = str | int | bool | list[int] | None
Values = dict[str, Plain]


@dataclass(frozen=True)
class Target:
    """Where the cells of a column go; `field` and `row` are None for the keys that join rows."""

    sheet: str
    name: str
    kind: str
    label: Any
    field: Any = None
    row: Row | None = None

    @cached_property
    def key(self) -> str:
        """Give the name that mappings and issues use, such as customers.region."""
        return f"{self.sheet}.{self.name}"

    @property
    def head(self) -> str:
        """Give the label as it stands in the first row of a template, without the mark."""
        return label(self.label)

    @property
    def is_needed(self) -> bool:
        """Say whether a record cannot do without (★), in whatever case."""
        return self.row is not None and self.row.required == "always"

    @cached_property
    def blank(self) -> Plain:
        """Give the plain form of a cleared value."""
        if self.kind == FLAG:
            return False
        if self.kind == TAGS:
            return []
        return "" if self.kind in (TEXT, LONG, CHOICE, KEY) else None


@cache
def of_sheet(sheet: str) -> tuple[Target, ...]:
    """Give the columns of a sheet in the order of the template, the joining keys first."""
    keys = [Target(sheet, ROW_KEY, KEY, _("customer row key"))]
    if sheet in CHILDREN:
        owner = CUSTOMER.field("code")
        keys.insert(0, Target(sheet, OWNER_CODE, KEY, owner.verbose_name, owner))
    catalog = CATALOGS[sheet]
    rows = [row for row in catalog if row.sheet]
    return (*keys, *(_target(sheet, catalog.field(row.name), row) for row in rows))


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


def plain(target: Target, value: Any) -> Plain:
    """Give the plain form of a value as the model holds it (of a reference: its key or itself)."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if target.kind == TAGS:
        return sorted(one.pk if isinstance(one, models.Model) else one for one in value)
    return target.blank if value is None else value


def native(target: Target, value: Plain, instances: Mapping[int, Any] | None = None) -> Any:
    """Give what the model holds for a plain value; `instances` turns keys into references."""
    if value is None or value == "":
        return value
    if target.kind == DECIMAL:
        return Decimal(str(value))
    if target.kind == DATE:
        return datetime.date.fromisoformat(str(value))
    if instances is None:
        return value
    if target.kind in (REFERENCE, RECORD):
        return instances[value]  # type: ignore[index]
    if target.kind == TAGS:
        return [instances[pk] for pk in value]  # type: ignore[union-attr,index]
    return value


def _target(sheet: str, field: Any, row: Row) -> Target:
    return Target(sheet, row.name, _kind(field, row), field.verbose_name, field, row)


def _kind(field: Any, row: Row) -> str:
    if isinstance(field, models.ManyToManyField):
        return TAGS
    if isinstance(field, models.ForeignKey):
        return RECORD if row.filtered == "record" else REFERENCE
    if field.choices:
        return CHOICE
    kinds: tuple[tuple[type[models.Field], str], ...] = (
        (models.BooleanField, FLAG),
        (models.DecimalField, DECIMAL),
        (models.DateField, DATE),
        (models.IntegerField, INTEGER),
        (models.TextField, LONG),
    )
    return next((kind for known, kind in kinds if isinstance(field, known)), TEXT)
