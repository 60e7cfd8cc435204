"""Edits of many records at once: what is to be set, which records are meant, what came of each.

Only core/records/bulk_edit writes these rows; what became of a record itself is in the history.
"""

from __future__ import annotations

import uuid
from typing import Any

import orjson
from django.conf import settings
from django.db import models

from core import deflate
from core.fields import Json, LongText, Text


class BulkEdit(models.Model):
    """`choice` is {field: {"way", "value"}}; the id is the operation of the history entries.

    `looked` and `done` count its records by what will be, and what was, made of them; it takes
    back what another one wrote where `undoes` names that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    subject_type = Text(max_length=60)
    choice = Json(default=dict)
    reason = LongText(max_length=2000, blank=True)
    total = models.PositiveIntegerField()
    looked = Json(default=dict)
    done = Json(default=dict)
    undoes = models.OneToOneField("self", models.CASCADE, null=True, related_name="undone")
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "subject_type", "-created_at"], name="bulk_edit_newest")
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.choice)} × {self.total}"

    def blocks(self) -> models.QuerySet[BulkEditBlock]:
        """Give its blocks in the order of the selection: some megabytes at most."""
        return self.parts.order_by("number")


class BulkEditBlock(models.Model):
    """Some of the records of an edit, packed: `items` are [pk, version] as they were selected.

    `seen` and `told` say of each what will be and what was made of it, in their order; a block
    that nobody has looked at, or written, has none yet.
    """

    edit = models.ForeignKey(BulkEdit, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    items = models.BinaryField()
    seen = models.BinaryField(null=True)
    told = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edit", "number"], name="bulk_edit_block_once")
        ]

    def __str__(self) -> str:
        return f"{self.edit_id} {self.number}"


def pack(value: Any) -> bytes:
    """Give a JSON value as compressed bytes."""
    return deflate.pack(orjson.dumps(value))


def unpack(data: Any) -> Any:
    """Give the JSON value that `pack` packed."""
    return orjson.loads(deflate.unpack(bytes(data)))
