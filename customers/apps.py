"""The app of customers: entering, reviewing, enabling.

Tells core about its roles, field rules, aggregates and navigation.
"""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    """Customers with everything that belongs to them."""

    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        """Fill core's registries and join what moves ask to the lifecycle."""
        from core import extend
        from core.records import guards, picking
        from customers import change_lifecycle, lifecycle, navigation, registers, roles
        from customers.imports.kept import verification as imports_verification
        from customers.imports.steps import moves as imports
        from customers.jobs import import_batch
        from customers.queries import customer, reach
        from customers.services import aggregates, changes, due, kinds, moves, verification

        extend.add_roles(roles.ROLES)
        extend.add_field_rules(see=roles.SEE_RULES, change=roles.CHANGE_RULES)
        extend.add_nav(navigation.ITEMS)
        for aggregate in aggregates.ALL:
            extend.add_aggregate(aggregate)
        for source in (*reach.SOURCES, *picking.sources(kinds.KIND, customer.named)):
            extend.add_source(source)
        for kind in (kinds.KIND, kinds.CHANGE):
            extend.add_kind(kind)
        for register in (registers.REGISTER, registers.CHANGES):
            extend.add_register(register)
        for job in import_batch.JOBS:
            extend.add_job_kind(job)
        extend.add_mender(imports.mend)
        extend.add_mender(due.take)
        for name, check in {**verification.CHECKS, **imports_verification.CHECKS}.items():
            extend.add_verification(name, check)
        lifecycle.LIFE.join(moves, guards)
        change_lifecycle.LIFE.join(changes, guards)
