"""Customers, contacts and accounts as rows of the workbook to edit; secrets by right, per record.

Every block of rows costs a constant number of queries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.access import is_visible, mask, may_see
from core.records import plain
from core.records.exports import columns as by_column
from core.records.exports.columns import FileColumn, Raw
from core.records.exports.files import in_order
from core.records.plain import Target
from core.workbook import writing_cells as cells
from customers.catalog import CUSTOMER
from customers.exports.sheets import Values
from customers.imports.fields import targets
from customers.models import Contact, Customer
from customers.models.customer import UNNAMED


def columns() -> dict[str, FileColumn]:
    """Give by column what a file shows of names and the primary contact."""
    return {
        "name": FileColumn(_column("name"), ("name",), names),
        "primary_contact": FileColumn(
            cells.Column(str(_("Primary contact")), width=24), ("pk",), _primary_contacts
        ),
    }


def _column(name: str) -> cells.Column:
    return cells.Column(capfirst(str(CUSTOMER.label(name))))


def names(raw: Raw) -> Sequence[str]:
    """Give the names; an unnamed draft says so, and the import leaves it out when it comes back."""
    return [name or str(UNNAMED) for name in raw["name"]]


def _primary_contacts(raw: Raw) -> Sequence[str]:
    primary = Contact.objects.filter(customer_id__in=raw["pk"], is_primary=True)
    found = {
        key: f"{name} {mobile or phone}".strip()
        for key, name, mobile, phone in primary.values_list(
            "customer_id", "name", "mobile", "phone"
        )
    }
    return [found.get(key, "") for key in raw["pk"]]


@dataclass(frozen=True)
class Chosen:
    """The customers that were asked for, and the order they come in."""

    rows: models.QuerySet
    key: str
    is_descending: bool


def rows_of(
    sheet: str, columns: Sequence[Target], chosen: Chosen, values: Values, user: Any
) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a sheet, as the import reads them."""
    sources = [_source(sheet, target, values, user) for target in columns]
    return by_column.read(_queryset(sheet, chosen), sources)


def _queryset(sheet: str, chosen: Chosen) -> models.QuerySet:
    if sheet == targets.CUSTOMERS:
        return in_order(chosen.rows, chosen.key, is_descending=chosen.is_descending)
    model = targets.CATALOGS[sheet].model
    owners = chosen.rows.order_by().values("pk")
    sign = "-" if chosen.is_descending else ""
    order = (f"{sign}customer__{chosen.key}", f"{sign}customer_id", "line", "pk")
    return model._default_manager.filter(customer__in=owners).order_by(*order)


def _source(sheet: str, target: Target, values: Values, user: Any) -> FileColumn:
    column = cells.Column(target.head)
    owner = "" if sheet == targets.CUSTOMERS else "customer__"
    if target.name == targets.ROW_KEY:
        needs = (f"{owner}code", "pk" if not owner else "customer_id")
        return FileColumn(column, needs, lambda raw: _row_keys(*(raw[need] for need in needs)))
    if target.name == targets.OWNER_CODE:
        return FileColumn(column, (f"{owner}code",), lambda raw: raw[f"{owner}code"])
    if target.key == "customers.name":
        return FileColumn(column, ("name",), names)
    if target.kind == plain.RECORD:
        return FileColumn(column, _PARENT, lambda raw: _parents(raw, user))
    if target.kind == plain.TAGS:
        return FileColumn(
            column, ("pk",), by_column.marked(target.field, values.names(target).texts)
        )
    if target.kind == plain.REFERENCE:
        key = f"{target.name}_id"
        return FileColumn(column, (key,), by_column.pointed(key, values.names(target).texts))
    shown = by_column.plain(target.name, target.field)
    if target.row is not None and target.row.see != "all":
        return FileColumn(column, (target.name, *_SEEN), lambda raw: _by_right(raw, target, user))
    return FileColumn(column, (target.name,), shown)


def _row_keys(codes: Sequence[str], keys: Sequence[int]) -> Sequence[str]:
    """Give a key to those alone that have no code to be pointed at."""
    return ["" if code else f"K{key}" for code, key in zip(codes, keys, strict=True)]


_PARENT = (
    "parent_id",
    "parent__code",
    "parent__name",
    "parent__scope_unit_id",
    "parent__created_by_id",
)


def _parents(raw: Raw, user: Any) -> Sequence[str]:
    return [_parent(*values, user=user) for values in zip(*(raw[n] for n in _PARENT), strict=True)]


def _parent(pk: int | None, code: str, name: str, unit: int, author: int, *, user: Any) -> str:
    if pk is None:
        return ""
    parent = Customer(pk=pk, name=name, scope_unit_id=unit, created_by_id=author)
    return (code or name) if is_visible(parent, user) else ""


_SEEN = ("customer_id", "customer__state", "customer__created_by_id")


def _by_right(raw: Raw, target: Target, user: Any) -> Sequence[str]:
    """Give the values in full where the rule of the field says so for the customer, else masked."""
    row = target.row
    assert row is not None
    owners = zip(*(raw[name] for name in _SEEN), strict=True)
    return [
        value
        if may_see(row, user, SimpleNamespace(pk=pk, state=state, created_by_id=author))
        else mask(value)
        for value, (pk, state, author) in zip(raw[target.name], owners, strict=True)
    ]
