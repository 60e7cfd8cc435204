"""Keys of forms that were already carried out, so that a form posted twice works once."""

from django.conf import settings
from django.db import models

from core.fields import Text


class IdempotencyKey(models.Model):
    """One form that took effect: who sent it where, the hash of its body, and what came of it."""

    key = Text(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    view = Text(max_length=100)
    body_hash = Text(max_length=64)
    result = Text(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.view} {self.key}"
