"""Imports (引入) as data: the batch, its rows in blocks, what is wrong, planned, done, remembered.

States and moves stand in customers/import_lifecycle.py; only customers/imports writes these tables.
"""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access import permissions_of, roles_of
from core.fields import Json, Text
from core.models import Job
from core.said_field import SaidText
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
