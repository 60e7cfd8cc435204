"""Files kept in the database, so that every process on every machine sees them.

Shape only: core/jobs/files.py cuts them into chunks and puts them together again.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core.fields import Text


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
