"""The rows of a parcel in words: marks, secrets, order, what is read at once."""

import pytest
from django.utils import translation

from core.aggregate import RowInput
from core.records.part import Part, fetch
from core.records.sections import table
from core.saving import change
from core.templatetags.ui_parts import child_table
from tests.parcel.catalog import LINE
from tests.parcel.kind import KIND
from tests.parcel.models import Parcel
from tests.parcel.parts import LINES
from tests.parcel.people import act_by

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_what_a_row_needs_and_hides_stands_in_the_field_table():
    bare = Part("lines", "parcel", LINE)

    assert (bare.needs, bare.head, bare.covered, bare.flags) == (
        ("item",), "item", "seal", ("is_main",)
    )  # fmt: skip
    assert (bare.identity, LINES.identity) == (("item",), ("seal", "item"))
    assert bare.pointing == ()


def test_a_row_has_its_marks_beside_the_title(make_parcel):
    parcel = make_parcel(lines=[{"item": "<b>", "number": 3, "is_main": True}, {"item": "Pen"}])

    html = child_table(table(LINES, parcel.lines.all(), covers=False))

    assert '<td class="cell-title">&lt;b&gt; <span class="tag" data-tone="info">Main</span>' in html
    assert '<td class="nowrap" data-label="Number">3</td>' in html
    assert html.count("<th>") == len(LINE.rows) - 1


def test_secrets_are_covered(make_parcel):
    rows = make_parcel().lines.all()

    shown, covered = (table(LINES, rows, covers=covers).lines[0] for covers in (False, True))

    assert shown.cells["seal"].text == "SEAL-123456"
    assert covered.cells["seal"].text == "**** 3456"


def test_few_rows_of_many_are_shown_and_none_is_said(make_parcel):
    whole = table(
        LINES, make_parcel(lines=[{"item": one} for one in "ABC"]).lines.all(), covers=False
    )

    assert child_table(whole, 2).count("cell-title") == 2
    assert child_table(whole).count("cell-title") == 3
    assert "None yet." in child_table(table(LINES, [], covers=False))


def test_rows_of_many_parcels_are_read_in_a_query_each(make_parcel, django_assert_num_queries):
    for _number in range(3):
        make_parcel()

    with django_assert_num_queries(2):
        found = list(Parcel.objects.all())
        fetch([LINES], found)
        told = [str(row) for one in found for row in one.lines.all()]

    assert told == ["Books"] * 3


def test_rows_come_in_their_order(make_parcel, packer):
    parcel = make_parcel(lines=[{"item": one} for one in "AB"])
    rows = [RowInput(row.pk, {}) for row in parcel.lines.order_by("-line")]

    change(KIND.aggregate, parcel.pk, {}, {"lines": rows}, version=1, act=act_by(packer))

    assert [row.item for row in LINES.of(parcel)] == ["B", "A"]
