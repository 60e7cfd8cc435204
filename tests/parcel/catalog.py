"""THE field tables of parcels and their lines."""

from core.catalog import PICK, Catalog, Row, Section
from tests.parcel.models import Line, Parcel

MAIN, LINES, SYSTEM = "main", "lines", "system"


def system(name, filtered="", **more):
    fixed = {"listed": True, "sheet": False, "change": "never", "form": False}
    return Row(name, SYSTEM, filtered=filtered, **fixed, **more)


PARCEL = Catalog(
    Parcel,
    (
        Section(MAIN, "Main"),
        Section(LINES, "Lines"),
        Section(SYSTEM, "System", is_system=True),
    ),
    (
        Row(
            "code", MAIN, listed=True, shown=True, filtered="text", sort="code_sort", style="code",
            copied=False,
        ),
        Row(
            "name", MAIN, width=2, listed=True, shown=True, filtered="text", sort="name_sort",
            required="always", controlled=True,
        ),
        system("state", "choices", shown=True, sort="state"),
        Row("department", MAIN, listed=True, shown=True, filtered="tree", required="always"),
        Row("replaces", MAIN, listed=True),
        Row("size", MAIN, listed=True, shown=True, filtered="choices"),
        Row("value", MAIN, listed=True, filtered="number", style="num", unit="元"),
        Row("due_date", MAIN, listed=True, filtered="date"),
        Row("is_fragile", MAIN, listed=True, filtered="flag"),
        Row("remark", MAIN, width=4),
        system("created_at", "date"),
        system("created_by", "user"),
        system("updated_at", sort="updated_at"),
        system("updated_by"),
        system("sent_at"),
        system("sent_by"),
        system("delivered_at"),
        system("delivered_by"),
    ),
    internal=("id", "version", "scope_unit", "code_sort", "name_sort"),
)  # fmt: skip

LINE = Catalog(
    Line,
    (Section(LINES, "Lines"),),
    (
        Row("item", LINES, required="always", size="l"),
        Row("number", LINES),
        Row("seal", LINES, see="seal"),
        Row("is_main", LINES, style=PICK),
    ),
    internal=("id", "parcel", "line"),
)
