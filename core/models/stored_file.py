"""Files kept in the database, so that every process on every machine sees them.

Shape only: core/jobs/files.py cuts them into chunks and puts them together again. And what left the
system as a file: who took it, when, which rows and columns.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import Json, Text
from core.said import again


class StoredFile(models.Model):
    """A file as it was uploaded or made; `name` is a label and never a path."""

    name = Text(max_length=255)
    size = models.BigIntegerField(default=0)
    sha256 = Text(max_length=64, blank=True)
    is_complete = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class StoredChunk(models.Model):
    """Up to 1 MiB of a file; `number` runs from 0 on."""

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="chunk_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"


class ExportLog(models.Model):
    """One file; the row is written before its first byte leaves and completed after the last.

    `conditions` is {"query": …, "words": [[label, words], …]}; `columns` are their heads.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being written")
        DONE = "done", _("Complete")
        FAILED = "failed", _("Broken off")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user")
    )
    subject_type = Text(max_length=60)
    kind = Text(max_length=20)
    name = Text(max_length=200)
    conditions = Json(default=dict)
    columns = Json(default=list)
    rows = models.PositiveIntegerField(null=True)
    state = Text(max_length=10, choices=State.choices, default=State.RUNNING)
    # Set for a file that a job makes: it is fetched later, and forgotten after some days.
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")
    file = models.ForeignKey("core.StoredFile", models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("export record")
        verbose_name_plural = _("export records")
        indexes = [models.Index(fields=["subject_type", "-id"], name="export_log_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> list[Any]:
        """The conditions in force as (label, words), in the language of the moment."""
        return [[again(label), again(words)] for label, words in self.conditions.get("words", ())]
