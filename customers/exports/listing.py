"""The list of customers as a table for a file: the columns, filter and order that the page shows.

It reads in a constant number of queries a block, and only what the user may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from core.listing import Column
from core.models.base import Reference
from core.records.scope import is_visible
from core.workbook import writing_cells as cells
from customers.catalog import CUSTOMER
from customers.exports import tables
from customers.exports.tables import Raw, Source
from customers.imports.fields.references import Names
from customers.models import Contact, Customer, Tag
from customers.models.customer import UNNAMED

_OWN = {"name", "parent", "tags", "primary_contact"}
_MARK = "、"


def sources(columns: Iterable[Column], user: Any) -> list[Source]:
    """Give what a file shows of these columns of the list."""
    return [_source(column, user) for column in columns]


def in_order(rows: models.QuerySet, key: str, *, is_descending: bool) -> models.QuerySet:
    """Put rows in the order of the page, without its paging."""
    return rows.order_by(*((f"-{key}", "-pk") if is_descending else (key, "pk")))


def _source(column: Column, user: Any) -> Source:
    label = str(column.label)
    if column.name == "name":
        return Source(cells.Column(label), ("name",), names)
    if column.name == "parent":
        return Source(cells.Column(label), _PARENT, lambda raw: _parents(raw, user))
    if column.name == "tags":
        return Source(cells.Column(label, width=24), ("pk",), _tags)
    if column.name == "primary_contact":
        return Source(cells.Column(label, width=24), ("pk",), _primary_contacts)
    field = CUSTOMER.field(column.name)
    if field.is_relation:
        key = f"{column.name}_id"
        shown = tables.pointed(key, lambda: _words(field.related_model))
        return Source(cells.Column(label), (key,), shown)
    sheet_column = cells.Column(label, kind=tables.kind_of(field), width=_width(field))
    return Source(sheet_column, (column.name,), tables.plain(column.name, field))


def _width(field: Any) -> float:
    widths = {cells.AMOUNT: 16, cells.DATE: 12, cells.MOMENT: 20, cells.LONG: 40}
    return widths.get(tables.kind_of(field), 0)


def _words(model: type[models.Model]) -> dict[Any, str]:
    """Give the names; the code where several share a name, so that an import knows which it is."""
    if not issubclass(model, Reference):
        return {one.pk: str(one) for one in model._default_manager.all()}
    names = Names(model._default_manager.all())
    return {pk: names.text(pk) for pk in names.instances}


def names(raw: Raw) -> Sequence[str]:
    """Give the names; an unnamed draft says so, and the import leaves it out when it comes back."""
    return [name or str(UNNAMED) for name in raw["name"]]


_PARENT = (
    "parent_id",
    "parent__name",
    "parent__short_name",
    "parent__scope_unit_id",
    "parent__created_by_id",
)


def _parents(raw: Raw, user: Any) -> Sequence[str]:
    return [_parent(*values, user=user) for values in zip(*(raw[n] for n in _PARENT), strict=True)]


def _parent(
    pk: int | None, name: str, short_name: str, unit: int, author: int, *, user: Any
) -> str:
    if pk is None:
        return ""
    parent = Customer(
        pk=pk, name=name, short_name=short_name, scope_unit_id=unit, created_by_id=author
    )
    return str(parent) if is_visible(parent, user) else parent.masked


def _tags(raw: Raw) -> Sequence[str]:
    links = Customer.tags.through.objects.filter(customer_id__in=raw["pk"])
    pairs = links.order_by("tag__code", "tag_id").values_list("customer_id", "tag_id")
    words = _words(Tag)
    named = gathered(raw["pk"], ((key, words[tag]) for key, tag in pairs))
    return [_MARK.join(names) for names in named]


def gathered(keys: Sequence[int], pairs: Iterable[tuple[int, str]]) -> list[list[str]]:
    """Give for every key the words that belong to it, in the order they come."""
    found: dict[int, list[str]] = {key: [] for key in keys}
    for key, word in pairs:
        found[key].append(word)
    return [found[key] for key in keys]


def _primary_contacts(raw: Raw) -> Sequence[str]:
    primary = Contact.objects.filter(customer_id__in=raw["pk"], is_primary=True)
    found = {
        key: f"{name} {mobile or phone}".strip()
        for key, name, mobile, phone in primary.values_list(
            "customer_id", "name", "mobile", "phone"
        )
    }
    return [found.get(key, "") for key in raw["pk"]]
