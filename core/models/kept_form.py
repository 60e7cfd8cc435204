"""Forms that were typed and not carried out yet (core/kept.py), and keys of those that were."""

from django.conf import settings
from django.db import models

from core.fields import LongText, Text

LONGEST = 1_000_000


class KeptForm(models.Model):
    """What one person typed into one form, for that person's eyes only; `key` is the form's own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = Text(max_length=64)
    place = Text(max_length=200)
    body = LongText(max_length=LONGEST)
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="kept_form_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.place}"


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
