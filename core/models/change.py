"""The history: one row per action on an aggregate, append-only, chained by hash."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import Json, LongText, Text

# The columns that stand in the canonical JSON of an entry as they are.
_AS_THEY_ARE = (
    "subject_type", "subject_id", "subject_label", "version", "role", "source", "reason",
    "action", "changes",
)  # fmt: skip
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def canonical(value: Any) -> str:
    """Give a value of texts, whole numbers, flags, lists and objects as the one JSON it has."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # half a character, a number of more than 64 bits, a key that is no text
        return _encode(value)


class Change(models.Model):
    """What one action did to one aggregate. No foreign key to its subject: it outlives it.

    `changes` is {"fields": {name: [old, new]}, "rows": [{"child", "op", "id", "label", "fields"}],
    "evidence": …, "snapshot": …}, values as strings; each key only where it says something. So are
    "remarks" and "answers": [{"place", "row", "text"}], of requests with what "was" asked for
    at the place (core/records/remarks.py).
    """

    subject_type = Text(max_length=60)
    subject_id = models.BigIntegerField()
    subject_label = Text(max_length=200, blank=True)
    version = models.PositiveIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("actor")
    )
    role = Text(max_length=60, blank=True)
    source = Text(max_length=60)
    operation = models.UUIDField()
    reason = LongText(max_length=2000, blank=True)
    at = models.DateTimeField()
    action = Text(max_length=40)
    changes = Json(default=dict)
    prev_hash = Text(max_length=64, blank=True)
    hash = Text(max_length=64)
    redacted_hash = Text(max_length=64, blank=True)

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "version"], name="change_one_per_version"
            )
        ]
        indexes = [
            models.Index(fields=["operation"], name="change_operation"),
            models.Index(fields=["at", "id"], name="change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} v{self.version} {self.action}"

    def digest(self) -> str:
        """Give the SHA-256 (hex) of prev_hash and the canonical JSON of every other column."""
        columns = {name: getattr(self, name) for name in _AS_THEY_ARE}
        columns |= {"actor": self.actor_id, "operation": str(self.operation), "at": moment(self.at)}
        return sealed(self.prev_hash, canonical(columns))


def sealed(prev_hash: str, body: str) -> str:
    """Give the hash of an entry: `body` is the canonical JSON of its columns."""
    return hashlib.sha256((prev_hash + body).encode()).hexdigest()


def moment(at: datetime) -> str:
    """Give a time as entries are sealed with it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
