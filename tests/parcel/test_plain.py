"""A parcel as plain data: out by right and back as it was, every problem named; in by a sheet."""

import json

import pytest

from core.aggregate import RowInput
from core.records import sheet
from core.records.plain_record import from_plain, to_plain
from core.records.record_sheet import RecordSheet
from core.workbook.small import TextRow
from tests.parcel.kind import KIND
from tests.parcel.models import Parcel
from tests.parcel.people import act_by
from tests.plain import come_back

pytestmark = pytest.mark.django_db


def make(user, act=None):
    return RecordSheet(KIND, user, act)


def taken(user, *rows):
    """Check and write a sheet."""
    lines = [TextRow(number, list(row)) for number, row in enumerate(rows, start=1)]
    table = sheet.understand(make(user), lines)
    report = sheet.check(make(user), table)
    assert report.faults == []
    return sheet.write(make, table, digest=report.digest, act=act_by(user))


def test_what_goes_out_comes_back(make_parcel, packer):
    parcel = make_parcel(value="12.50", size="s", due_date="2026-12-24", replaces=make_parcel())
    stored = KIND.find(parcel.pk, packer)

    told = json.loads(json.dumps(to_plain(KIND, stored, packer)))
    record, problems = from_plain(KIND, told, packer, stored)
    row = parcel.lines.get()

    assert problems == []
    assert (told["department"], told["lines"][0]["item"]) == ("N", "Books")
    assert record.values == {name: getattr(stored, name) for name in record.values}
    assert record.rows["lines"] == [
        RowInput(row.pk, {"item": "Books", "number": None, "seal": row.seal, "is_main": True})
    ]


def test_secrets_go_out_by_right_only(make_parcel, packer, carrier):
    parcel = make_parcel()

    told = [to_plain(KIND, parcel, user)["lines"][0] for user in (packer, carrier)]

    assert ["seal" in row for row in told] == [True, False]


def test_what_is_wrong_is_named_by_field_and_row(packer):
    data = {"size": "huge", "no": 1, "lines": [{"item": "Pen"}, {"item": "Pen", "number": "x"}]}

    _record, problems = from_plain(KIND, data, packer)

    assert [(one.field, one.row, one.column) for one in problems] == [
        ("size", None, ""), ("no", None, ""), ("lines", 1, "number")
    ]  # fmt: skip


def test_whatever_goes_out_comes_back(make_parcel, packer):
    make_parcel()

    come_back(KIND, packer)


def test_rows_of_a_sheet_become_and_change_parcels(make_parcel, packer):
    old, sender = make_parcel(name="Ben", code="P-1"), packer.unit.code
    head = ["code", "receiver", "sender", "fragile"]

    assert taken(packer, head, ["", "Ann", sender, "yes"], ["P-1", "Bob", sender, ""]) == "1,1,0"

    new = Parcel.objects.get(name="Ann")
    old.refresh_from_db()
    assert (new.is_fragile, new.department, new.state) == (True, packer.unit, old.state)
    assert (old.name, old.code) == ("Bob", "P-1")
