"""The opportunity (商机): header of the aggregate with the products that a customer wants.

It holds shape and constraints; its moves are in sales/lifecycle.py.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access import ScopedQuerySet
from core.fields import LongText, Money, SortKey, Text, Whole
from core.models.base import Business, Root, optional
from core.records import code as code_rules
from customers.rules import identity
from sales.lifecycle import CHANCES, LIFE, STATES


class Opportunity(Root):
    """A chance to sell something to a customer, from the first talk to the day it is decided."""

    workflow = LIFE

    code = Text(_("opportunity code"), max_length=40, blank=True, fold=True, rule=code_rules.stored)
    name = Text(_("opportunity name"), max_length=120)
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        related_name="opportunities",
        verbose_name=_("customer"),
    )
    state = Text(
        pgettext_lazy("opportunity", "stage"),
        max_length=10,
        default=LIFE.initial.name,
        editable=False,
        choices=[(state.name, state.label) for state in STATES],
    )
    amount = Money(pgettext_lazy("opportunity", "amount"))
    probability = Whole(_("probability"), low=0, high=100, default=CHANCES[LIFE.initial.name])
    expected_date = models.DateField(_("expected on"))
    department = optional("core.Unit", _("sales department"))
    salesperson = optional("customers.Salesperson", _("salesperson"))
    competitors = Text(_("competitors"), max_length=200, blank=True)
    next_step = Text(_("next step"), max_length=200, blank=True)
    remark = LongText(_("remark"), max_length=2000, blank=True)
    lost_reason = LongText(_("why it was lost"), max_length=500, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    closed_by = optional(settings.AUTH_USER_MODEL, _("closed by"), editable=False, db_index=False)
    code_sort = SortKey(max_length=280, editable=False)
    name_sort = SortKey(max_length=400, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="opportunity_code_unique",
                violation_error_message=_("This code is already used."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.name for state in STATES]),
                name="opportunity_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="opportunity_updated"),
            models.Index(fields=["state", "-updated_at", "-id"], name="opportunity_state"),
            models.Index(fields=["scope_unit", "-updated_at", "-id"], name="opportunity_scope"),
            models.Index(
                fields=["state", "expected_date", "id"], name="opportunity_expected_state"
            ),
            models.Index(fields=["expected_date", "id"], name="opportunity_expected"),
            models.Index(fields=["amount", "id"], name="opportunity_amount"),
            models.Index(fields=["probability", "id"], name="opportunity_probability"),
            models.Index(fields=["name_sort", "id"], name="opportunity_name_sort"),
            models.Index(fields=["code_sort", "id"], name="opportunity_code_sort"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked(self) -> str:
        """What people may know of it who do not see it."""
        return identity.mask_name(self.name)


class WantedProduct(Business):
    """Something that the customer of an opportunity wants; its version is the opportunity's."""

    opportunity = models.ForeignKey(Opportunity, models.PROTECT, related_name="products")
    line = models.PositiveSmallIntegerField(default=0, editable=False)
    name = Text(_("product name"), max_length=120)
    quantity = Whole(_("quantity"), low=1, high=1_000_000_000, default=1)
    price = Money(_("unit price"), null=True, blank=True)

    class Meta:
        verbose_name = _("wanted product")
        verbose_name_plural = _("wanted products")

    def __str__(self) -> str:
        return self.name
