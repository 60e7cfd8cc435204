"""The entries of the side navigation that the customers app brings, in order."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.extend import NavItem
from customers.queries import waiting

CUSTOMERS = _("Customers")
EXCHANGE = _("Import and export")
SETTINGS = _("Settings")


def _own(section: Any, label: Any, page: str, icon: str, right: str, **more: Any) -> NavItem:
    """Give the entry of a page of this app, for those who have a right of this app."""
    return NavItem(section, label, f"customers:{page}", icon, f"customers.{right}", **more)


_IMPORTS = pgettext_lazy("records", "Imports")
ITEMS = (
    _own("", _("Dashboard"), "dashboard", "grid", "view_dashboard"),
    _own(CUSTOMERS, _("Customer list"), "customer-list", "users", "view_customer"),
    _own(
        CUSTOMERS, _("To review"), "review-queue", "shield", "review_customer",
        badge=waiting.badge,
    ),
    _own(CUSTOMERS, _("Change requests"), "change-list", "history", "view_change"),
    _own(EXCHANGE, _("Import customers"), "import-upload", "import", "import_customer"),
    _own(EXCHANGE, _IMPORTS, "import-list", "clock", "import_customer"),
    _own(SETTINGS, _("Reference data"), "reference-index", "tag", "manage_reference"),
    _own(SETTINGS, _("Code rules"), "code-rule-list", "settings", "manage_code_rules"),
    _own(SETTINGS, _("Review rules"), "policy-edit", "lock", "manage_settings"),
    NavItem(SETTINGS, _("Users and roles"), "core:user-list", "user", "core.manage_users"),
)  # fmt: skip
