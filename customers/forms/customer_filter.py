"""THE list of customers: its columns, filters, search and order, made from the catalogue."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.forms import ChoiceField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.filters import YES, Contains, Flag, filters_of, yes_or_no
from core.listing import Column, Listing
from customers.catalog import CUSTOMER
from customers.lifecycle import USABLE
from customers.models import ImportBatch
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


class AddedBy(Contains):
    """Customers that an import added, by its number."""

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
            "import": AddedBy(label=_("Added by import"), max_length=20),
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
