"""The app of parcels: tells core what it has, and what it adds to itself by every seam."""

from django.apps import AppConfig


class ParcelConfig(AppConfig):
    """Parcels, and claims about them."""

    name = "tests.parcel"
    label = "parcel"
    verbose_name = "Parcels"

    def ready(self) -> None:
        """Fill core's registries."""
        from core import extend
        from core.choosing import PeopleSource, Source
        from core.models import Unit, User
        from core.records import guards, picking
        from tests.parcel import claims, kind, lifecycle, moves, register, roles

        extend.add_roles(roles.ROLES)
        extend.add_field_rules(see=roles.SEE_RULES, change=roles.CHANGE_RULES)
        extend.add_nav(register.NAV)
        extend.add_aggregate(kind.KIND.aggregate)
        extend.add_source(Source(Unit, permission=roles.LOOK))
        extend.add_source(PeopleSource(User, permission=roles.LOOK))
        extend.add_kind(kind.KIND)
        for source in picking.sources(kind.KIND):
            extend.add_source(source)
        extend.add_register(register.REGISTER)
        extend.add_seams(*claims.SEAMS)
        lifecycle.LIFE.join(moves, guards)
