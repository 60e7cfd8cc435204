"""The stock changelists: one with our columns only, one also with search and filters."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.urls import path

from bench.measuring import COLUMNS
from customers.models import Contact, Customer

PRIMARY_CONTACT = Prefetch(
    "contacts",
    Contact.objects.filter(is_primary=True).only("customer", "name", "mobile", "phone"),
    to_attr="primary_contacts",
)


class Bare(admin.ModelAdmin):
    """The columns of our list, 50 a page, newest change first; children fetched in bulk."""

    list_display = tuple({"tags": "tag_names"}.get(name, name) for name in COLUMNS)
    list_per_page = 50
    ordering = ("-updated_at", "-pk")

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("tags", PRIMARY_CONTACT)

    @admin.display(description="tags")
    def tag_names(self, customer: Any) -> str:
        return "、".join(str(tag) for tag in customer.tags.all())

    @admin.display(description="primary contact")
    def primary_contact(self, customer: Any) -> str:
        return " ".join(
            f"{one.name} {one.mobile or one.phone}" for one in customer.primary_contacts
        )


class Usual(Bare):
    """As people set an admin up: a search box and some filters."""

    search_fields = ("code", "name")
    list_filter = ("state", "customer_type", "category", "tags", "salesperson")


def site(name: str, kind: type[admin.ModelAdmin]) -> admin.AdminSite:
    """Give an admin site with this changelist of customers."""
    made = admin.AdminSite(name)
    made.register(Customer, kind)
    return made


urlpatterns = [
    path("bare/", site("bare", Bare).urls),
    path("usual/", site("usual", Usual).urls),
]
