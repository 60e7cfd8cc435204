"""Imports (引入) as data: the batch, its rows in blocks, what is wrong, planned, done, remembered.

States and moves stand in customers/import_lifecycle.py; only customers/imports writes these tables.
JSON in them is packed by its kept/marks.py.
"""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access import permissions_of, roles_of
from core.fields import Json, LongText, SaidText, Text
from core.models import Job
from customers.import_lifecycle import RIGHT, RUNNING, STATES, UPLOADED


class ImportBatchQuerySet(models.QuerySet):
    """Imports, as one user may see them."""

    def visible_to(self, user: Any) -> Self:
        """The user's own; all of them for administrators who may import; none without the right."""
        if RIGHT not in permissions_of(user):
            return self.none()
        if user.is_superuser or "admin" in roles_of(user):
            return self
        return self.filter(by=user)

    def standing_still(self) -> Self:
        """Those that a job should work on, and none does."""
        there = self.filter(state__in=RUNNING)
        return there.exclude(job__state__in=Job.OPEN).order_by("pk")

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class ImportBatch(models.Model):
    """One uploaded file on its way into the customers, and for ever after where they came from.

    `revision` rises with every step a person or job takes; two who act on one revision: one wins.
    `mapping` is {"columns": …, "values": …} as customers/imports keeps it, `counts` the summary.
    """

    class Mode(models.TextChoices):
        BOTH = "both", _("Add and update")
        ADD = "add", _("Add only")
        UPDATE = "update", _("Update only")

    class ChildMode(models.TextChoices):
        MERGE = "merge", pgettext_lazy("import", "Merge")
        REPLACE = "replace", pgettext_lazy("import", "Replace")

    class Empty(models.TextChoices):
        KEEP = "keep", _("Empty cells keep the value")
        CLEAR = "clear", _("Empty cells clear the value")

    class Policy(models.TextChoices):
        ALL = "all", _("All or nothing")
        GOOD = "good", _("Only the good rows")

    number = Text(_("import number"), max_length=20, unique=True)
    name = Text(_("file name"), max_length=200)
    file = models.ForeignKey(
        "core.StoredFile", models.PROTECT, related_name="+", verbose_name=_("file")
    )
    is_read = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("imported by")
    )
    created_at = models.DateTimeField(_("uploaded at"))
    checked_at = models.DateTimeField(_("checked at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    state = Text(
        _("state"),
        max_length=10,
        choices=[(state.name, state.label) for state in STATES],
        default=UPLOADED,
    )
    revision = models.PositiveIntegerField(default=0)
    mode = Text(_("import mode"), max_length=6, choices=Mode.choices, default=Mode.BOTH)
    child_mode = Text(
        _("contacts and accounts"),
        max_length=7,
        choices=ChildMode.choices,
        default=ChildMode.MERGE,
    )
    empty = Text(_("empty cells"), max_length=5, choices=Empty.choices, default=Empty.KEEP)
    policy = Text(_("write"), max_length=4, choices=Policy.choices, default=Policy.ALL)
    submit = models.BooleanField(_("submit in the same step"), default=False)
    reason = LongText(_("reason of the changes"), max_length=500, blank=True)
    mapping = Json(default=dict)
    counts = Json(default=dict)
    failure = SaidText(_("why it failed"), max_length=2000, blank=True)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")
    operation = models.UUIDField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.name for state in STATES]), name="import_state_known"
            )
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="import_created"),
            models.Index(fields=["by", "-created_at", "-id"], name="import_by"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ImportSheet(models.Model):
    """A sheet of the file: its first rows [[number, [cell, …]], …] and what was noticed in it."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="sheets")
    index = models.PositiveSmallIntegerField()
    name = Text(max_length=60)
    state = Text(max_length=12, default="visible")
    head = Json(default=list)
    notes = Json(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "index"], name="import_sheet_unique")
        ]

    def __str__(self) -> str:
        return self.name


class ImportBlock(models.Model):
    """Up to 1,000 rows of a sheet as they were read: packed [numbers, rows, hidden numbers].

    After the check `statuses` has one letter for each row (customers/imports/kept/marks.py), and
    `documents` the packed number of the customer of the file that each belongs to (-1: none).
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="blocks")
    sheet = models.PositiveSmallIntegerField()
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    data = models.BinaryField()
    statuses = Text(max_length=1000, blank=True)
    documents = models.BinaryField(default=bytes)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "first"], name="import_block_unique")
        ]

    def __str__(self) -> str:
        return f"{self.sheet}: {self.first}-{self.last}"


class ImportFix(models.Model):
    """A cell a person wrote anew, here or in the error workbook; the block keeps the file's own."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="fixes")
    sheet = models.PositiveSmallIntegerField()
    row = models.PositiveIntegerField()
    column = models.PositiveSmallIntegerField()
    cell = Json(default=str)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "sheet", "row", "column"], name="import_fix_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}:{self.column}"


class ImportIssue(models.Model):
    """One thing that is wrong (or worth a look) with one cell or row; `group` joins equal ones.

    `reason` and `hint` are kept as message and arguments, and read in the reader's language.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="issues")
    sheet = models.SmallIntegerField()
    row = models.PositiveIntegerField()
    column = Text(max_length=3, blank=True)
    field = Text(max_length=60, blank=True)
    kind = Text(max_length=40)
    value = LongText(max_length=500, blank=True)
    reason = SaidText(max_length=4000)
    hint = SaidText(max_length=4000, blank=True)
    suggestion = LongText(max_length=500, blank=True)
    is_error = models.BooleanField(default=True)
    group = Text(max_length=40)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "sheet", "row"], name="import_issue_row"),
            models.Index(fields=["batch", "group"], name="import_issue_group"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}: {self.reason}"


class ImportPlan(models.Model):
    """What up to some hundred customers of the file would become: packed plans, one for each.

    `actions` has one letter for each, `keys` their packed keys (codes, numbers, names, row keys):
    who shares one is looked at again when it changes.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="plans")
    first = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    actions = Text(max_length=1000)
    keys = models.BinaryField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "first"], name="import_plan_unique")
        ]

    def __str__(self) -> str:
        return f"{self.first}+{self.count}"


class ImportDecision(models.Model):
    """What a person answered for a row with several possible customers: one of them, new, none."""

    class Choice(models.TextChoices):
        UPDATE = "update", _("Update it")
        CREATE = "create", _("Add all the same")
        SKIP = "skip", _("Skip")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="decisions")
    sheet = models.PositiveSmallIntegerField()
    row = models.PositiveIntegerField()
    choice = Text(max_length=6, choices=Choice.choices)
    customer_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "row"], name="import_decision_unique")
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}: {self.choice}"


class ImportOutcome(models.Model):
    """What one chunk of a run did to each of its customers, with the values from before.

    Written in the chunk's own transaction; unique, so no chunk is ever counted twice.
    """

    class Phase(models.TextChoices):
        WRITE = "write"
        UNDO = "undo"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="outcomes")
    phase = Text(max_length=5, choices=Phase.choices)
    first = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "phase", "first"], name="import_outcome_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.first}+{self.count}"


class ColumnMemory(models.Model):
    """How the columns of a set of headers were matched the last time; `key` is the set's hash."""

    key = Text(max_length=64, unique=True)
    targets = Json(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class ValueMemory(models.Model):
    """Which reference value a word stood for the last time, by its code; or what was done then."""

    field = Text(max_length=60)
    text = Text(max_length=200)
    do = Text(max_length=5)
    target = Text(max_length=60, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["field", "text"], name="import_value_unique")
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.text}"
