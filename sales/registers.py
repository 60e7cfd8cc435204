"""THE registers of this app: what the pages of its kinds of records are made from."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.filters import filters_of
from core.listing import Listing
from core.records.register import Register
from sales.queries.opportunity import search
from sales.services.kinds import KIND

REGISTER = Register(
    kind=KIND,
    place="opportunities/",
    title=_("Opportunities"),
    counted=ngettext_lazy("%(n)d opportunity", "%(n)d opportunities", "n"),
    listing=Listing(
        name=KIND.subject,
        catalog=KIND.catalog,
        filters=filters_of(KIND.catalog, {}),
        search=search,
        sort="-updated_at",
        fixed=("code", "name"),
        needed=("code", "name", "state"),
    ),
    has_sheet=True,
    on_phones=frozenset({"amount"}),
)
