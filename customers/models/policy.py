"""The few switches an administrator sets for the whole company, in one row."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.base import Versioned

ONLY = 1


class Policy(Versioned):
    """The switches in force; the row with pk 1 is the only one."""

    four_eyes = models.BooleanField(
        _("four eyes"),
        default=True,
        help_text=_("Nobody approves what they submitted or whose approved data they changed."),
    )
    review_months = models.PositiveSmallIntegerField(
        _("months until the next regular review"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )

    account_wait_days = models.PositiveSmallIntegerField(
        _("days before a new bank account is used"),
        default=0,
        validators=[MaxValueValidator(60)],
        help_text=_("Counted from the day on which its change takes effect; 0 for none."),
    )
    account_asker_twice = models.BooleanField(
        _("bank changes twice in a row"),
        default=True,
        help_text=_("Whoever asked for the last change of a customer's accounts may ask again."),
    )

    class Meta:
        verbose_name = _("settings")
        verbose_name_plural = _("settings")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="policy_is_one_row")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls) -> Self:
        """Give the switches in force; the shipped defaults while nobody has saved any."""
        return cls.objects.filter(pk=ONLY).first() or cls(pk=ONLY)

    def next_review(self, at: datetime) -> date:
        """Give the day of the next regular review of a record approved or checked at `at`."""
        day = timezone.localdate(at)
        months = day.month - 1 + self.review_months
        year, month = day.year + months // 12, months % 12 + 1
        return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
