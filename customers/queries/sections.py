"""A record as it is read: its fields by section, with values in words and secrets by right.

One source for the detail page and the review page; it makes no markup and writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.access import may_see
from core.catalog import Row
from core.catalog import Section as CatalogSection
from core.fields import Money
from core.prepared import Prepared, put
from core.records.part import Part
from core.records.table import Table, table
from customers.catalog import CUSTOMER, SYSTEM
from customers.models import Customer, Tag
from customers.parts import BY_SECTION, PARTS
from customers.queries.customer import is_visible
from customers.rules.identity import mask_name

SHOWN_ELSEWHERE = frozenset({"state"})

_REFERENCES = [field.name for field in Customer._meta.concrete_fields if field.many_to_one]
_WHOLE = Prepared(lambda pk: Customer.objects.filter(pk=pk).select_related(*_REFERENCES))
_CHILDREN = {part.name: Prepared(part.of) for part in PARTS} | {
    "tags": Prepared(lambda pk: Tag.objects.filter(customers=pk))
}


@dataclass(frozen=True)
class Value:
    """One field: its label and its value; `kind` says how to print it.

    Kinds: text, code, money, date, moment, person, tags (a list of tags), record (a customer).
    """

    name: str
    label: str
    kind: str
    value: Any
    is_wide: bool = False
    url_pk: int | None = None


@dataclass(frozen=True)
class Section:
    """One section in the catalogue's order: its fields that say something, or a part as a table.

    `tab` is the section on whose tab it stands.
    """

    name: str
    label: Any
    tab: str
    values: tuple[Value, ...] = ()
    table: Table | None = None


def find(pk: int, user: Any) -> Customer | None:
    """Give a record the user may see with everything that a page about it reads, or None."""
    found: Customer | None = _WHOLE.first(pk)
    if found is None or found.pending_batch is not None or not is_visible(found, user):
        return None
    for name, children in _CHILDREN.items():
        put(found, name, children(pk))
    return found


def of(customer: Customer, user: Any) -> dict[str, Section]:
    """Give the sections of a loaded record by name; empty fields of the system are left out."""
    return {section.name: _section(section, customer, user) for section in CUSTOMER.sections}


def _section(section: CatalogSection, customer: Customer, user: Any) -> Section:
    begun = partial(Section, section.name, section.label, section.tab or section.name)
    if part := BY_SECTION.get(section.name):
        is_covered = covers(part, customer, user)
        rows = getattr(customer, part.name).all()
        return begun(table=table(part, rows, covers=is_covered, unnamed=str(customer)))
    rows = [row for row in CUSTOMER.in_section(section.name) if row.name not in SHOWN_ELSEWHERE]
    values = tuple(_value(row, customer, user) for row in rows)
    if section.name == SYSTEM:
        values = tuple(value for value in values if value.value not in (None, ""))
    return begun(values)


def covers(part: Part, customer: Customer | None, user: Any) -> bool:
    """Say whether something in the rows of a part is not for this user's eyes."""
    return bool(part.covered) and not may_see(part.catalog.by_name[part.covered], user, customer)


def _value(row: Row, customer: Customer, user: Any) -> Value:
    field = CUSTOMER.field(row.name)
    label = capfirst(str(field.verbose_name))
    kind, value, url_pk = _shown(field, row, customer, user)
    return Value(row.name, label, kind, value, row.width > 2, url_pk)


def _shown(field: Any, row: Row, customer: Customer, user: Any) -> tuple[str, Any, int | None]:
    if row.name == "tags":
        return "tags", list(customer.tags.all()), None
    value = getattr(customer, row.name)
    if row.name == "parent":
        return _group(customer, user)
    if isinstance(field, models.ForeignKey):
        return "text", str(value) if value else "", None
    if isinstance(field, models.BooleanField):
        return "text", _("Yes") if value else _("No"), None
    if isinstance(field, models.DateTimeField):
        return "moment", value, None
    if isinstance(field, models.DateField):
        return "date", value, None
    if isinstance(field, Money):
        return "money", value, None
    if row.name == "credit_days" and value is not None:
        return "text", _("%(n)s days") % {"n": value}, None
    if field.choices:
        return "text", getattr(customer, f"get_{row.name}_display")(), None
    return "code" if row.style == "code" else "text", "" if value is None else str(value), None


def _group(customer: Customer, user: Any) -> tuple[str, Any, int | None]:
    if customer.parent is None:
        return "text", "", None
    if Customer.objects.visible_to(user).filter(pk=customer.parent.pk).exists():
        return "record", str(customer.parent), customer.parent.pk
    return "text", mask_name(customer.parent.name), None
