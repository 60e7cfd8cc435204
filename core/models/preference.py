"""Small choices a person made about one list or page, kept as JSON."""

from django.conf import settings
from django.db import models

from core.fields import Json, Text


class Preference(models.Model):
    """One choice of one user, such as the columns of a list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    name = Text(max_length=100)
    value = Json()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="preference_once_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.name}"
