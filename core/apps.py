"""The app of everything that is not about a business object, and its admin site.

Registers the system checks of core/checks.py.
"""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """The mechanism every business app stands on."""

    name = "core"
    verbose_name = _("System")

    def ready(self) -> None:
        """Register the system checks."""
        from core import checks  # noqa: F401


class SupportConfig(AdminConfig):
    """Django's admin with our site in the place of its own."""

    default_site = "core.admin_site.SupportSite"
