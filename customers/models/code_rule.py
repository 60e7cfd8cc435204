"""Code rules (编码规则) as data, and the ledger of every code ever given.

What a rule means is pure and stands in core/records/code.py.
"""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import extend
from core.fields import Text
from core.models.base import Business, Reference
from core.records import code


def segment_kinds() -> list[tuple[str, Any]]:
    """Give what a segment may be: what stands in any code, and the pieces of coded records."""
    coded = (kind.code for kind in extend.kinds() if kind.code)
    pieces = {piece.name: piece.label for coding in coded for piece in coding.pieces}
    return [
        (code.CONSTANT, _("Constant")),
        (code.DATE, _("Date")),
        *pieces.items(),
        (code.SERIAL, _("Serial number")),
    ]


class CodeRule(Reference):
    """One rule; the active one of a subject (customers.customer) gives its records their codes."""

    subject = Text(max_length=60, editable=False)

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
                fields=["subject"],
                condition=models.Q(is_active=True),
                name="one_active_rule",
                violation_error_message=_("Only one rule can be active."),
            ),
        ]


class CodeSegment(Business):
    """One segment of a rule, in order of `line`; a basis segment restarts the serial number."""

    rule = models.ForeignKey(CodeRule, models.PROTECT, related_name="segments")
    line = models.PositiveSmallIntegerField(default=0, editable=False)
    kind = Text(_("kind"), max_length=10, choices=segment_kinds)
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
    """A code that a record has or once had; those of a subject are never given twice."""

    subject_type = Text(max_length=60)
    subject_id = models.BigIntegerField(db_index=True)
    code = Text(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "code"],
                # What begins with a text is asked for as often as the whole of a code.
                opclasses=("varchar_pattern_ops", "varchar_pattern_ops"),
                name="used_code_once",
                violation_error_message=_("This code is used or was used before."),
            )
        ]

    def __str__(self) -> str:
        return self.code
