"""Tables of parcels; rules of codes and claims have their own, as core has none."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.access import ScopedQuerySet
from core.fields import LongText, Money, SortKey, Text, Whole
from core.models.base import Business, Reference, Root
from tests.parcel.lifecycle import LIFE, PACKED, STATES


def person(**more):
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **more)


def moment(label):
    return models.DateTimeField(label, null=True, editable=False)


class Parcel(Root):
    """What is sent from a department to somebody, maybe in place of another that came back."""

    workflow = LIFE

    class Size(models.TextChoices):
        SMALL = "s", "Small"
        LARGE = "l", "Large"

    code = Text("code", max_length=40, blank=True, fold=True)
    name = Text("receiver", max_length=120, blank=True)
    department = models.ForeignKey(
        "core.Unit", models.PROTECT, related_name="+", verbose_name="sender", null=True, blank=True
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, related_name="+", verbose_name="in place of", null=True, blank=True
    )
    size = Text("size", max_length=1, choices=Size.choices, blank=True)
    value = Money("value", null=True, blank=True)
    due_date = models.DateField("due", null=True, blank=True)
    is_fragile = models.BooleanField("fragile", default=False)
    remark = LongText("remark", max_length=500, blank=True)
    state = Text(
        "state", max_length=10, default=PACKED, editable=False,
        choices=[(state.name, state.label) for state in STATES],
    )  # fmt: skip
    code_sort = SortKey(max_length=280, editable=False)
    name_sort = SortKey(max_length=400, editable=False)
    sent_at, delivered_at = moment("sent at"), moment("delivered at")
    sent_by = person(null=True, editable=False, verbose_name="sent by")
    delivered_by = person(null=True, editable=False, verbose_name="delivered by")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "parcel"
        verbose_name_plural = "parcels"
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="parcel_code_unique",
                violation_error_message="This code is already used.",
            )
        ]  # fmt: skip

    def __str__(self):
        return self.name or "Parcel without a receiver"

    @property
    def masked(self):
        """What people know of it who do not see it."""
        return "Another parcel"


class Line(Business):
    """One thing in a parcel; one of them is the main one."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="lines")
    line = models.PositiveSmallIntegerField(default=0, editable=False)
    item = Text("item", max_length=60)
    number = Whole("number", low=1, high=999, null=True, blank=True)
    seal = Text("seal", max_length=20, blank=True, fold=True)
    is_main = models.BooleanField("main", default=False)

    class Meta:
        verbose_name = "line"
        verbose_name_plural = "lines"
        constraints = [
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(is_main=True), name="one_main_line"
            )
        ]

    def __str__(self):
        return self.item


class Rule(Reference):
    """A rule for the codes of parcels."""

    subject = Text(max_length=60, editable=False)
    allow_typed = models.BooleanField(default=True)

    class Meta:
        verbose_name = "rule"


class Segment(Business):
    """One segment of a rule."""

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="segments")
    line = models.PositiveSmallIntegerField(default=0)
    kind = Text(max_length=10)
    text = Text(max_length=20, blank=True)
    date_format = Text(max_length=10, blank=True)
    width, start, step = (models.PositiveIntegerField(default=n) for n in (3, 1, 1))
    pad = Text(max_length=1, default="0")
    separator = Text(max_length=3, blank=True)
    is_basis = models.BooleanField(default=True)

    def __str__(self):
        return self.kind


class UsedCode(Business):
    """A code that a parcel has or had."""

    subject_type = Text(max_length=60)
    subject_id = models.BigIntegerField()
    code = Text(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "code"], name="parcel_code_once")
        ]

    def __str__(self):
        return self.code


class Claim(Business):
    """What another department wants for a parcel: it stands above parcels, as another app would."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="+")
    text = Text("text", max_length=60)
    amount = Money("amount")
    is_open = models.BooleanField(default=True)

    def __str__(self):
        return self.text
