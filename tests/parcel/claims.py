"""What an app above adds to parcels: claims, by every seam there is."""

from core.extend import Counter, Panel, Tab, Veto
from tests.parcel.models import Claim

RIGHT = "parcel.view_claim"


def open_claims(user):
    return Claim.objects.filter(is_open=True)


def not_claimed(parcels, user):
    """Nobody wants anything for it."""
    found = open_claims(user).filter(parcel__in=parcels).order_by("pk")
    return {one.parcel_id: f"Settle the claim “{one}” first." for one in found}


def of_parcel(parcel, user):
    return Claim.objects.filter(parcel=parcel).order_by("pk")


def newest(user):
    return open_claims(user).order_by("-pk")[:5]


SEAMS = (
    Veto(to="parcel", name="claims", move="deliver", ask=not_claimed),
    Tab(
        to="parcel.parcel", name="claims", permission=RIGHT, label="Claims",
        template="parcel/claims.html", show=of_parcel,
    ),
    Counter(
        to="parcel.parcel", name="open_claims", permission=RIGHT, label="Open claims", icon="alert",
        rows=open_claims, field="parcel", amount="amount", tab="claims",
    ),
    Panel(
        to="dashboard", name="claims", permission=RIGHT, template="parcel/claims.html", show=newest
    ),
)  # fmt: skip
