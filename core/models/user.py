"""People who sign in, with what they chose for their screen."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.fields import Text


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
    unit = models.ForeignKey(
        "core.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("department"),
    )
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

    def get_session_auth_hash(self) -> str:
        """Sessions end when the password, the roles or the activity of a user change."""
        return self._epoch_hash(None)

    def get_session_auth_fallback_hash(self):  # type: ignore[no-untyped-def]
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._epoch_hash(secret)

    def _epoch_hash(self, secret: str | bytes | None) -> str:
        value = f"{self.password}:{self.session_epoch}"
        mac = salted_hmac("core.user.session", value, secret=secret, algorithm="sha256")
        return mac.hexdigest()
