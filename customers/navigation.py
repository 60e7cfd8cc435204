"""The entries of the side navigation that the customers app brings, in order."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.extend import NavItem
from customers.queries import dashboard

CUSTOMERS = _("Customers")
EXCHANGE = _("Import and export")
SETTINGS = _("Settings")

ITEMS = (
    NavItem("", _("Dashboard"), "customers:dashboard", "grid", "customers.view_dashboard"),
    NavItem(
        CUSTOMERS, _("Customer list"), "customers:customer-list", "users", "customers.view_customer"
    ),
    NavItem(
        CUSTOMERS,
        _("To review"),
        "customers:review-queue",
        "shield",
        "customers.review_customer",
        badge=dashboard.badge,
    ),
    NavItem(
        EXCHANGE,
        _("Import customers"),
        "customers:import-upload",
        "import",
        "customers.import_customer",
    ),
    NavItem(
        EXCHANGE,
        pgettext_lazy("records", "Imports"),
        "customers:import-list",
        "clock",
        "customers.import_customer",
    ),
    NavItem(
        SETTINGS,
        _("Reference data"),
        "customers:reference-index",
        "tag",
        "customers.manage_reference",
    ),
    NavItem(
        SETTINGS,
        _("Code rules"),
        "customers:code-rule-list",
        "settings",
        "customers.manage_code_rules",
    ),
    NavItem(
        SETTINGS, _("Review rules"), "customers:policy-edit", "lock", "customers.manage_settings"
    ),
    NavItem(SETTINGS, _("Users and roles"), "core:user-list", "user", "core.manage_users"),
)
