"""What the moves of parcels ask and bring."""

from django.db.models import prefetch_related_objects

from core import saving
from core.records import coding
from core.saving import Refused
from tests.parcel.kind import KIND, lacking


def is_complete(parcels, user):
    """It can be sent as it is."""
    prefetch_related_objects(parcels, "lines")
    return {one.pk: Refused([told.message for told in lacking(one)]) for one in parcels}


def has_code(parcels, user):
    """The rule gives it a code."""
    return coding.why_none(KIND, parcels)


def numbered(move, parcels, act, evidence):
    """Whoever has no code gets one now."""
    without = [one for one in parcels if not one.code]
    codes = coding.draw(KIND, [coding.values_of(KIND, one) for one in without])
    coding.remember(KIND, zip(codes, (one.pk for one in without), strict=True))
    return {one.pk: {"code": code} for one, code in zip(without, codes, strict=True)}


def is_unused(parcels, user):
    """Nothing else points to it."""
    return saving.in_use(KIND.aggregate, [one.pk for one in parcels])
