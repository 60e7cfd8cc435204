"""A parcel as plain data: out by right, back as it was, with every problem named."""

import json

import pytest

from core.aggregate import RowInput
from core.records.plain_record import from_plain, to_plain
from core.records.sections import find
from tests.parcel.kind import PARCEL

pytestmark = pytest.mark.django_db


def test_what_goes_out_comes_back(make_parcel, packer):
    parcel = make_parcel(value="12.50", size="s", due_date="2026-12-24", replaces=make_parcel())
    stored = find(PARCEL, parcel.pk, packer)

    told = json.loads(json.dumps(to_plain(PARCEL, stored, packer)))
    record, problems = from_plain(PARCEL, told, packer, stored)
    row = parcel.lines.get()

    assert problems == []
    assert (told["department"], told["lines"][0]["item"]) == ("N", "Books")
    assert record.values == {name: getattr(stored, name) for name in record.values}
    assert record.rows["lines"] == [
        RowInput(row.pk, {"item": "Books", "number": None, "seal": row.seal, "is_main": True})
    ]


def test_secrets_go_out_by_right_only(make_parcel, packer, carrier):
    parcel = make_parcel()

    told = [to_plain(PARCEL, parcel, user)["lines"][0] for user in (packer, carrier)]

    assert ["seal" in row for row in told] == [True, False]


def test_what_is_wrong_is_named_by_field_and_row(packer):
    data = {"size": "huge", "no": 1, "lines": [{"item": "Pen"}, {"item": "Pen", "number": "x"}]}

    _record, problems = from_plain(PARCEL, data, packer)

    assert [(one.field, one.row, one.column) for one in problems] == [
        ("size", None, ""), ("no", None, ""), ("lines", 1, "number")
    ]  # fmt: skip
