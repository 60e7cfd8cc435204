"""The app of sales: opportunities, and the documents that follow from them.

Tells core about its roles, field rules, aggregates, kinds and navigation.
"""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    """What is sold to customers."""

    name = "sales"
    verbose_name = _("Sales")

    def ready(self) -> None:
        """Fill core's registries and join what moves bring to the lifecycle."""
        from core import extend
        from sales import lifecycle, navigation, registers, roles, seams
        from sales.demo import loading
        from sales.services import kinds, moves

        extend.add_roles(roles.roles())
        extend.add_field_rules(see={}, change=roles.CHANGE_RULES)
        extend.add_nav(navigation.ITEMS, after="customers:review-queue")
        extend.add_seams(*seams.SEAMS)
        extend.add_aggregate(kinds.KIND.aggregate)
        extend.add_kind(kinds.KIND)
        extend.add_register(registers.REGISTER)
        extend.add_demo(loading.load)
        lifecycle.LIFE.join(moves)
