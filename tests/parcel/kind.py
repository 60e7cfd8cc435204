"""THE kind: a parcel with its lines."""

from core.aggregate import Aggregate
from core.models import Unit
from core.records import code
from core.records.kind import Coding, Kind, Piece
from core.records.record import Problem, Rules
from tests.parcel import catalog, models
from tests.parcel.lifecycle import LIFE
from tests.parcel.parts import PARTS


def derived(values):
    given = values.get("code", "")
    return {
        **values,
        "code_sort": code.sort_key(given),
        "name_sort": values.get("name", "").casefold(),
    }


def missing(values, rows):
    """It goes to somebody, and there is something in it."""
    found = [] if values.get("name") else [Problem("name", "Say who gets it.", catalog.MAIN)]
    return found if rows.get("lines") else [*found, Problem("lines", "It is empty.", catalog.LINES)]


def begun(user):
    """It is sent from where the packer works."""
    return {"department": user.unit}


def lacking(parcel):
    """Give what a stored parcel lacks."""
    return missing({"name": parcel.name}, {"lines": parcel.lines.all()})


def unit_letters(unit):
    return unit.code


def some_units():
    return list(Unit.objects.order_by("pk")[:2])


KIND = Kind(
    app="parcel",
    stem="parcel",
    icon="send",
    aggregate=Aggregate(
        models.Parcel,
        children=PARTS,
        derive=derived,
        derived=frozenset({"scope_unit", "sent_at", "sent_by", "delivered_at", "delivered_by"}),
        extra_tables=(models.UsedCode,),
    ),
    catalog=catalog.PARCEL,
    parts=PARTS,
    life=LIFE,
    related=("created_by",),
    code=Coding(
        rules=models.Rule,
        ledger=models.UsedCode,
        pieces=(Piece("unit", "Sender", "department", unit_letters, some_units),),
        anything="Every parcel",
        nothing="No sender has a code.",
    ),
    rules=Rules(missing=missing, start=begun, submit="send"),
)
