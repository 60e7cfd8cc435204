"""THE register of parcels, and their entry in the navigation."""

from django.utils.translation import ngettext_lazy

from core.extend import NavItem
from core.filters import filters_of
from core.listing import Listing
from core.records.register import Lack, Register
from tests.parcel import catalog, kind


def search(parcels, text):
    return parcels.filter(name__icontains=text)


def lacking(parcel, user):
    return [Lack(one.message, f"id_{one.field}") for one in kind.lacking(parcel)]


REGISTER = Register(
    kind=kind.KIND,
    place="parcels/",
    title="Parcels",
    counted=ngettext_lazy("%(n)d parcel", "%(n)d parcels", "n"),
    listing=Listing(
        name="parcel.parcel",
        catalog=catalog.PARCEL,
        filters=filters_of(catalog.PARCEL, {}),
        search=search,
        sort="-updated_at",
        fixed=("code", "name"),
        needed=("code", "name", "state"),
    ),
    lacking=lacking,
)
NAV = [NavItem("Post", "Parcels", "parcel:parcel-list", "send", "parcel.view_parcel")]
