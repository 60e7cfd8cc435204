"""What the entry form of a customer has beside its field table: group customer, new tags, copies.

It parses and explains; services/customer.py saves.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as lazy

from core.records.form import RecordForm
from core.records.part import Part
from customers.models import Currency, Customer, Tag
from customers.queries import group
from customers.queries.customer import home_currency
from customers.queries.duplicate import UNIQUE_NUMBERS
from customers.rules import contact, finance
from customers.services import reference


def new_tag(name: str) -> Tag:
    """Give a tag that is only a name yet. Raises ValidationError for what cannot be one."""
    return Tag(name=Tag._meta.get_field("name").clean(name, None))


class CustomerForm(RecordForm):
    """The header of one customer."""

    modes = {
        contact.phone: "tel",
        contact.email: "email",
        contact.website: "url",
        finance.cnaps: "numeric",
    }
    makes = {"tags": (reference.MANAGE, new_tag)}
    alone = frozenset(UNIQUE_NUMBERS)
    not_copied = lazy("Code, credit code, tax number, credit and accounts are not copied.")

    def clean_parent(self) -> Customer | None:
        """Refuse a group customer that belongs to this one."""
        parent: Customer | None = self.cleaned_data["parent"]
        if parent and self.obj and group.is_circle(self.obj.pk, parent):
            raise ValidationError(group.circle_sentence())
        return parent

    def copied(self, user: Any, asked: Mapping[str, str]) -> dict[str, Any]:
        """Give what a new customer takes from another one; a branch belongs to the same group."""
        seen = Customer.objects.visible_to(user).filter(pk=self.source.parent_id)
        above = self.source.parent if self.source.parent and seen.exists() else None
        branch = self.source if "branch" in asked else None
        return {**super().copied(user, asked), "parent": above or branch}

    def of_new_row(self, part: Part) -> Mapping[str, Any]:
        """Give our own currency to rows that have one."""
        return {**super().of_new_row(part), **dict.fromkeys(part.given, self.home)}

    @cached_property
    def home(self) -> Currency | None:
        """Our own currency."""
        return home_currency() if self.obj else self.begun["currency"]
