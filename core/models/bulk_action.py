"""A bulk action: the frozen set of records it was asked for, and what could not be done."""

import uuid

from django.conf import settings
from django.db import models

from core.fields import Json, LongText, Text
from core.said import unpacked


class BulkAction(models.Model):
    """`items` is [[pk, version], …] as on the confirm page; `failures` {pk: packed sentence}.

    What succeeded is told by the history (operation = id), so a killed run loses nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    workflow = Text(max_length=60)
    action = Text(max_length=40)
    items = Json()
    reason = LongText(max_length=2000, blank=True)
    failures = Json(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.action} × {len(self.items)}"

    def failure(self, pk: int) -> str:
        """Give why a record was not moved, in the language of the moment; "" for one that was."""
        return unpacked(self.failures.get(str(pk), ""))
