"""The entries of the side navigation that the sales app brings."""

from django.utils.translation import gettext_lazy as _

from core.extend import NavItem
from sales.roles import VIEW

ITEMS = (NavItem(_("Sales"), _("Opportunities"), "sales:opportunity-list", "target", VIEW),)
