"""THE list of customers: its columns, filters, search and order, made from the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.forms import ChoiceField
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.filters import YES, Contains, Flag, filters_of, yes_or_no
from core.listing import Column, Listing
from core.markup import format_html
from core.templatetags.ui_list import EMPTY, Cell
from customers.catalog import CUSTOMER
from customers.lifecycle import USABLE
from customers.models import Customer, ImportBatch
from customers.queries import customer as customer_queries


class ReviewDue(Flag):
    """Enabled customers whose next regular check is due today or overdue."""

    field_class = ChoiceField

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        """Keep those that are due, or all others."""
        if not value:
            return qs
        due = {"state__in": USABLE, "review_due_date__lte": timezone.localdate()}
        return qs.filter(**due) if value == YES else qs.exclude(**due)


class MadeBy(Contains):
    """What an import made, by its number."""

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        """Keep those of the import; none when there is no such number."""
        if not value:
            return qs
        batches = ImportBatch.objects.filter(number=value.upper())
        return qs.filter(import_batch__in=list(batches.values_list("pk", flat=True)))


LISTING = Listing(
    name="customers.customer",
    catalog=CUSTOMER,
    filters=filters_of(
        CUSTOMER,
        {
            "review_due": ReviewDue(label=_("Review due"), choices=yes_or_no()),
            "import": MadeBy(label=_("Added by import"), max_length=20),
        },
    ),
    search=customer_queries.search,
    sort="-updated_at",
    fixed=("code", "name"),
    needed=("code", "name", "short_name", "state"),
    extra=(
        Column(
            "primary_contact",
            _("Primary contact"),
            beside=customer_queries.put_primary_contacts,
            after="tags",
        ),
    ),
    joined={"salesperson": ("salesperson__unit",)},
)


def cells(user: Any, rows: Sequence[Any]) -> dict[str, Cell]:
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
