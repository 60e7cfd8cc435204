"""Reference data: the values customers point to, kept by admins on their own pages."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import Text
from core.models.base import Reference, Tree, optional


class CustomerType(Reference):
    """客户类型; its kind says which checks hold (USCC for companies only)."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        PERSON = "person", _("Person")
        OVERSEAS = "overseas", _("Overseas")

    kind = Text(_("kind"), max_length=10, choices=Kind.choices, default=Kind.COMPANY)

    class Meta:
        verbose_name = _("customer type")
        verbose_name_plural = _("customer types")
        constraints = [models.UniqueConstraint(fields=["code"], name="customertype_code_unique")]


class Region(Tree):
    """地区: provinces and cities with their GB/T 2260 codes, and 海外.

    `letters` (BJ, SH …) go into customer codes; a node without any takes those of its parent.
    """

    letters = Text(_("letters"), max_length=6, blank=True, fold=True)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints = [models.UniqueConstraint(fields=["code"], name="region_code_unique")]


class Industry(Tree):
    """行业: sections and divisions of GB/T 4754-2017."""

    class Meta:
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        constraints = [models.UniqueConstraint(fields=["code"], name="industry_code_unique")]


class Category(Tree):
    """客户分类: the company's own tree; a customer has at most one."""

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [models.UniqueConstraint(fields=["code"], name="category_code_unique")]


class Tag(Reference):
    """标签: short marks, any number on a customer, in one of the design's tones."""

    class Tone(models.TextChoices):
        NEUTRAL = "neutral", _("Grey")
        INFO = "info", _("Blue")
        SUCCESS = "success", _("Green")
        WARN = "warn", _("Amber")
        DANGER = "danger", _("Red")
        CHANGE = "change", _("Violet")

    tone = Text(_("colour"), max_length=10, choices=Tone.choices, default=Tone.NEUTRAL)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [models.UniqueConstraint(fields=["code"], name="tag_code_unique")]


class Salesperson(Reference):
    """业务员; may be linked to the user who signs in."""

    unit = optional("core.Unit", _("department"), related_name="salespeople")
    user = optional(settings.AUTH_USER_MODEL, _("user"), related_name="salespeople")

    class Meta:
        verbose_name = _("salesperson")
        verbose_name_plural = _("salespeople")
        constraints = [models.UniqueConstraint(fields=["code"], name="salesperson_code_unique")]


class Bank(Reference):
    """银行: head offices, by the bank class digits of a CNAPS number."""

    class Meta:
        verbose_name = _("bank")
        verbose_name_plural = _("banks")
        constraints = [models.UniqueConstraint(fields=["code"], name="bank_code_unique")]


class SettlementMethod(Reference):
    """结算方式."""

    class Meta:
        verbose_name = _("settlement method")
        verbose_name_plural = _("settlement methods")
        constraints = [models.UniqueConstraint(fields=["code"], name="settlement_code_unique")]


class Currency(Reference):
    """币别, by ISO 4217 code."""

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        constraints = [models.UniqueConstraint(fields=["code"], name="currency_code_unique")]

    def __str__(self) -> str:
        return self.code
