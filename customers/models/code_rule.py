"""Code rules (编码规则) as data, and the ledger of every code ever given.

What a rule means is pure and stands in customers/rules/code.py.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import Text
from core.models.base import Business, Reference


class CodeRule(Reference):
    """One rule; the active one gives customers their codes."""

    allow_typed = models.BooleanField(
        _("codes may be typed"),
        default=True,
        help_text=_("A typed code that fits the rule pushes the serial number forward."),
    )

    class Meta:
        verbose_name = _("code rule")
        verbose_name_plural = _("code rules")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="coderule_code_unique"),
            models.UniqueConstraint(
                fields=["is_active"],
                condition=models.Q(is_active=True),
                name="one_active_rule",
                violation_error_message=_("Only one rule can be active."),
            ),
        ]


class CodeSegment(Business):
    """One segment of a rule, in order of `line`; a basis segment restarts the serial number."""

    class Kind(models.TextChoices):
        CONSTANT = "constant", _("Constant")
        DATE = "date", _("Date")
        REGION = "region", _("Region letters")
        TYPE = "type", _("Customer type code")
        CATEGORY = "category", _("Category code")
        SERIAL = "serial", _("Serial number")

    rule = models.ForeignKey(CodeRule, models.PROTECT, related_name="segments")
    line = models.PositiveSmallIntegerField(default=0, editable=False)
    kind = Text(_("kind"), max_length=10, choices=Kind.choices)
    text = Text(_("text"), max_length=20, blank=True, fold=True)
    date_format = Text(_("date format"), max_length=10, blank=True)
    width = models.PositiveSmallIntegerField(
        _("width"), default=3, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    start = models.PositiveIntegerField(_("start"), default=1)
    step = models.PositiveIntegerField(
        _("step"), default=1, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    pad = Text(_("padding"), max_length=1, default="0")
    separator = Text(_("separator after"), max_length=3, blank=True, fold=True)
    is_basis = models.BooleanField(_("restarts the serial number"), default=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")

    def __str__(self) -> str:
        return f"{self.line} {self.kind}"


class UsedCode(Business):
    """A code that a customer has or once had; codes are never given twice."""

    code = Text(max_length=40, unique=True)
    customer_id = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return self.code
