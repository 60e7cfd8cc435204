"""THE parts of a parcel."""

from core.records.part import Part, Same
from tests.parcel.catalog import LINE

LINES = Part(
    "lines",
    "parcel",
    LINE,
    always=("is_main",),
    same_by=(Same("seal"), Same("item", unsaid=("seal",))),
    examples={"item": "Books", "number": "3", "seal": "S-1"},
)
PARTS = (LINES,)
