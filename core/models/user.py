"""People who sign in, what they chose for their screen, and the departments (部门) they are in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.fields import Json, Text
from core.models.base import Tree, optional


class Unit(Tree):
    """A department; who works in it sees what belongs to it and to the units below."""

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [models.UniqueConstraint(fields=["code"], name="unit_code_unique")]


class User(AbstractUser):
    """A person or, with `is_system`, the machine itself."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    class Language(models.TextChoices):
        CHINESE = "zh-hans", "简体中文"
        ENGLISH = "en", "English"

    class Theme(models.TextChoices):
        SYSTEM = "", _("Follow the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMPACT = "compact", _("Compact")
        STANDARD = "", _("Standard")
        COZY = "cozy", _("Cozy")

    display_name = Text(_("display name"), max_length=60)
    language = Text(
        _("language"), max_length=10, choices=Language.choices, default=Language.CHINESE
    )
    theme = Text(_("theme"), max_length=10, choices=Theme.choices, default="", blank=True)
    density = Text(_("row height"), max_length=10, choices=Density.choices, default="", blank=True)
    shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)
    unit = optional("core.Unit", _("department"), related_name="users")
    is_system = models.BooleanField(default=False, editable=False)
    must_change_password = models.BooleanField(default=False, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.display_name or self.username

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Give the form in which an account name is stored and found: LiWei is liwei."""
        return super().normalize_username(username).casefold()

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def get_session_auth_fallback_hash(self):  # type: ignore[no-untyped-def]
        yield from map(self.get_session_auth_hash, settings.SECRET_KEY_FALLBACKS)

    def get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Sessions end when the password, the roles or the activity of a user change."""
        value = f"{self.password}:{self.session_epoch}"
        mac = salted_hmac("core.user.session", value, secret=secret, algorithm="sha256")
        return mac.hexdigest()


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
