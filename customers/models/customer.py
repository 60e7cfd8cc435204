"""The customer: header of the aggregate of contacts, bank accounts and tags.

It holds shape and constraints; rules stand in customers/rules, moves in customers/lifecycle.py.
"""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.access import ScopedQuerySet
from core.fields import LongText, Money, SortKey, Text, Whole
from core.models.base import Root, optional
from core.records import code as code_rules
from customers.lifecycle import (
    LIFE,
    NOT_IN_FORCE,
    NUMBERS_RESERVED,
    RETURNED,
    STATES,
    SUBMITTED,
    USABLE,
)
from customers.rules import contact as contact_rules
from customers.rules import finance, identity

UNNAMED = _("Unnamed customer")


def _person(label: str) -> Any:
    return optional(settings.AUTH_USER_MODEL, label, editable=False, db_index=False)


def _moment(label: str) -> models.DateTimeField:
    return models.DateTimeField(label, null=True, blank=True, editable=False)


class CustomerQuerySet(ScopedQuerySet):
    """Customers, as one user may see them and as pages ask for them."""

    held_back = "pending_batch"  # an unfinished import

    def awaiting_review(self) -> Self:
        return self.filter(state=SUBMITTED)

    def enabled(self) -> Self:
        """The only ones that new business documents may use."""
        return self.filter(state__in=USABLE)


class Customer(Root):
    """One customer, from the first keystroke of a draft to the day it is disabled."""

    workflow = LIFE
    mark_columns = {"tags": "tag_keys"}

    class Nature(models.TextChoices):
        STATE = "state", _("State-owned")
        PRIVATE = "private", _("Private")
        FOREIGN = "foreign", _("Foreign-invested")
        JOINT = "joint", _("Joint venture")
        PUBLIC = "public", _("Public institution")
        OTHER = "other", _("Other")

    class Size(models.TextChoices):
        MICRO = "micro", _("Up to 20 people")
        SMALL = "small", _("20 to 300 people")
        MEDIUM = "medium", _("300 to 1,000 people")
        LARGE = "large", _("Over 1,000 people")

    class InvoiceType(models.TextChoices):
        SPECIAL = "special", _("VAT special invoice")
        ORDINARY = "ordinary", _("VAT ordinary invoice")
        NONE = "none", _("No invoice")

    class Taxpayer(models.TextChoices):
        GENERAL = "general", _("General taxpayer")
        SMALL = "small", _("Small-scale taxpayer")
        OTHER = "other", _("Other taxpayer")

    code = Text(_("customer code"), max_length=40, blank=True, fold=True, rule=code_rules.stored)
    name = Text(_("customer name"), max_length=120, blank=True)
    short_name = Text(_("short name"), max_length=60, blank=True)
    customer_type = optional("customers.CustomerType", _("customer type"))
    region = optional("customers.Region", _("region"))
    industry = optional("customers.Industry", _("industry"))
    registered_address = Text(_("registered address"), max_length=200, blank=True)
    uscc = Text(
        _("unified social credit code"),
        max_length=18,
        blank=True,
        fold=True,
        rule=identity.registration,
    )
    legal_representative = Text(_("legal representative"), max_length=60, blank=True)
    registered_capital = Money(_("registered capital"), null=True, blank=True)
    founded_date = models.DateField(_("date of establishment"), null=True, blank=True)
    nature = Text(_("company nature"), max_length=10, choices=Nature.choices, blank=True)
    size = Text(_("company size"), max_length=10, choices=Size.choices, blank=True)
    parent = optional("self", _("group customer"), related_name="subsidiaries")
    category = optional("customers.Category", _("category"))
    tags = models.ManyToManyField(
        "customers.Tag", blank=True, related_name="customers", verbose_name=_("tags")
    )

    phone = Text(_("phone"), max_length=32, blank=True, fold=True, rule=contact_rules.phone)
    fax = Text(_("fax"), max_length=32, blank=True, fold=True, rule=contact_rules.phone)
    email = Text(_("e-mail"), max_length=120, blank=True, fold=True, rule=contact_rules.email)
    website = Text(_("website"), max_length=200, blank=True, fold=True, rule=contact_rules.website)
    mailing_address = Text(_("mailing address"), max_length=200, blank=True)
    postcode = Text(
        _("postcode"), max_length=12, blank=True, fold=True, rule=contact_rules.postcode
    )

    tax_number = Text(
        _("tax number"), max_length=20, blank=True, fold=True, rule=identity.registration
    )
    invoice_title = Text(_("invoice title"), max_length=120, blank=True)
    invoice_type = Text(_("invoice type"), max_length=10, choices=InvoiceType.choices, blank=True)
    taxpayer = Text(_("taxpayer category"), max_length=10, choices=Taxpayer.choices, blank=True)
    settlement_method = optional(
        "customers.SettlementMethod", _("settlement method"), db_index=False
    )
    currency = optional("customers.Currency", _("currency"), db_index=False)
    credit_managed = models.BooleanField(_("credit managed"), default=False)
    credit_limit = Money(_("credit limit"), null=True, blank=True)
    credit_days = Whole(
        _("credit days"), low=0, high=finance.CREDIT_DAYS_MAX, null=True, blank=True
    )

    department = optional("core.Unit", _("sales department"))
    salesperson = optional("customers.Salesperson", _("salesperson"), db_index=False)
    remark = LongText(_("remark"), max_length=2000, blank=True)

    same_name_reason = LongText(_("why it is another company"), max_length=500, blank=True)
    state = Text(
        _("state"),
        max_length=10,
        default=LIFE.initial.name,
        editable=False,
        choices=[(state.name, state.label) for state in STATES],
    )
    name_key = Text(max_length=240, blank=True, editable=False)
    code_sort = SortKey(max_length=280, editable=False)
    name_sort = SortKey(max_length=400, editable=False)
    tag_keys = SortKey(max_length=600, editable=False)
    submitted_at = _moment(_("submitted at"))
    submitted_by = _person(_("submitted by"))
    approved_at = _moment(_("approved at"))
    approved_by = _person(_("approved by"))
    approved_version = models.PositiveIntegerField(null=True, editable=False)
    four_eyes = models.BooleanField(default=False, editable=False)
    enabled_at = _moment(_("enabled at"))
    enabled_by = _person(_("enabled by"))
    disabled_at = _moment(_("disabled at"))
    disabled_by = _person(_("disabled by"))
    review_due_date = models.DateField(_("next review date"), null=True, editable=False)
    import_batch = optional(
        "customers.ImportBatch", _("import"), blank=False, editable=False, db_index=False
    )
    import_sheet = Text(max_length=60, blank=True, editable=False)
    import_row = models.PositiveIntegerField(null=True, editable=False)
    pending_batch = models.PositiveBigIntegerField(null=True, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="customer_code_unique",
                violation_error_message=_("This code is already used."),
            ),
            models.UniqueConstraint(
                fields=["uscc"],
                name="customer_uscc_unique",
                condition=~Q(uscc="") & Q(state__in=NUMBERS_RESERVED),
                violation_error_message=_("This credit code is already used."),
            ),
            models.UniqueConstraint(
                fields=["tax_number"],
                name="customer_tax_number_unique",
                condition=~Q(tax_number="") & Q(state__in=NUMBERS_RESERVED),
                violation_error_message=_("This tax number is already used."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.name for state in STATES]), name="customer_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=NOT_IN_FORCE)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="customer_approval_recorded",
            ),
            models.CheckConstraint(
                condition=Q(four_eyes=False)
                | Q(approved_by__isnull=True)
                | ~Q(approved_by=models.F("submitted_by")),
                name="customer_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(state=LIFE.initial.name) | ~Q(code=""),
                name="customer_code_from_submit_on",
            ),
        ]
        indexes = [
            # Where counts go, pending_batch stands at the end: they read nothing but the index.
            models.Index(fields=["-updated_at", "-id", "pending_batch"], name="customer_updated"),
            models.Index(
                fields=["state", "category", "-updated_at", "-id", "tag_keys", "pending_batch"],
                name="customer_state_category",
            ),
            models.Index(
                fields=["scope_unit", "-updated_at", "-id", "pending_batch"], name="customer_scope"
            ),
            models.Index(
                fields=["salesperson", "-updated_at", "-id", "pending_batch"],
                name="customer_salesperson",
            ),
            models.Index(fields=["name_sort", "id"], name="customer_name_sort"),
            models.Index(fields=["created_at", "id"], name="customer_created"),
            models.Index(fields=["code_sort", "id"], name="customer_code_sort"),
            models.Index(fields=["name_key"], name="customer_name_key"),
            models.Index(fields=["uscc"], name="customer_uscc"),
            models.Index(fields=["tax_number"], name="customer_tax_number"),
            models.Index(fields=["state", "id"], name="customer_state_sort"),
            models.Index(fields=["state", "review_due_date", "id"], name="customer_review_due"),
            models.Index(fields=["state", "submitted_at", "id"], name="customer_review_queue"),
            models.Index(
                fields=["import_batch", "id"],
                name="customer_import",
                condition=Q(import_batch__isnull=False),
            ),
            models.Index(
                fields=["pending_batch"],
                condition=Q(pending_batch__isnull=False),
                name="customer_pending",
            ),
            models.Index(
                fields=["created_by", "-updated_at", "-id"],
                name="customer_drafts",
                condition=Q(state=LIFE.initial.name),
            ),
            models.Index(
                fields=["submitted_by", "-updated_at", "-id"],
                name="customer_returned",
                condition=Q(state=RETURNED),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.short_name or str(UNNAMED)

    @property
    def masked(self) -> str:
        """What people may know of it who do not see it."""
        return identity.mask_name(str(self))
