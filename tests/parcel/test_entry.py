"""A parcel is entered and saved: header, grid, hints, codes, conflict, rights, once per form."""

import pytest
from django.http import QueryDict

from core.aggregate import RowInput
from core.models import Change
from core.records import conflict, hints
from core.records.entry import Entry
from core.records.record import Record
from core.records.save import redraw, save
from core.saving import Refused, Stale
from tests.parcel.kind import KIND
from tests.parcel.models import Parcel
from tests.parcel.people import act_by
from tests.parcel.register import REGISTER

pytestmark = pytest.mark.django_db

BOOKS = {"lines": [RowInput(None, {"item": "Books"})]}


def entered(user, values, rows=BOOKS, *, parcel=None, submit=False):
    pk, version = (parcel.pk, parcel.version) if parcel else (None, None)
    record = Record(values, rows)
    return save(KIND, pk, record, version=version, submit=submit, act=act_by(user))


def typed(user, parcel=None, **changes):
    """Give an entry as a browser sends it: what stands there with some changes."""
    stored = KIND.find(parcel.pk, user) if parcel else None
    data = QueryDict(mutable=True)
    for name, values in Entry(REGISTER, user, stored).raw().items():
        data.setlist(name, values)
    data.update({"key": "k" * 32, "version": parcel.version if parcel else ""})
    for name, value in changes.items():
        data[name] = value
    return Entry(REGISTER, user, stored, data)


def test_a_draft_gets_its_code_its_scope_and_one_main_line(packer, rule):
    parcel = entered(packer, {"name": "Anna", "department": packer.unit})

    assert (parcel.code, parcel.scope_unit, parcel.state) == ("N-001", packer.unit, "packed")
    assert [row.is_main for row in parcel.lines.all()] == [True]
    assert Change.objects.get(subject_type=KIND.subject).action == "create"


def test_it_is_sent_in_the_same_step_or_not_written_at_all(packer, rule):
    with pytest.raises(Refused, match="Say who gets it"):
        entered(packer, {"size": "s"}, submit=True)
    nothing = Parcel.objects.exists()

    sent = entered(packer, {"name": "Anna", "department": packer.unit}, submit=True)

    assert not nothing
    assert (sent.state, sent.sent_by) == ("sent", packer)


def test_what_is_on_its_way_is_not_changed_and_strangers_change_nothing(
    make_parcel, packer, stranger, carrier
):
    parcel = make_parcel("sent")

    with pytest.raises(Refused, match="on its way"):
        entered(packer, {"name": "Boris"}, {}, parcel=parcel)
    with pytest.raises(Refused):
        entered(carrier, {"name": "Boris"}, {}, parcel=parcel)
    with pytest.raises(Stale):
        entered(stranger, {"name": "Boris"}, {}, parcel=parcel)


def test_a_code_is_drawn_anew_while_it_never_left(make_parcel, packer, units):
    parcel = entered(packer, {"name": "Anna", "department": packer.unit})
    parcel = entered(packer, {"department": units.team}, {}, parcel=parcel)
    found = hints.of(Entry(REGISTER, packer, parcel))
    fresh = redraw(KIND, parcel.pk, version=parcel.version, act=act_by(packer))
    sent = make_parcel("sent")

    assert found.can_redraw
    assert (parcel.code, fresh.code) == ("N-001", "T-001")
    with pytest.raises(Refused):
        redraw(KIND, sent.pk, version=sent.version, act=act_by(packer))


def test_the_form_is_made_of_the_field_table(packer, rule):
    entry = Entry(REGISTER, packer)

    assert [block.name for block in entry.blocks()] == ["main", "lines"]
    assert set(entry.form.fields) >= {"code", "name", "department", "size", "value", "is_fragile"}
    assert entry.form.start["department"] == packer.unit
    entry.form.show((), {})
    assert entry.form.fields["name"].ui["needed"]


def test_what_is_typed_is_read_and_saved(packer, rule):
    entry = typed(packer, name="Anna", value="1,200.5", size="l")
    entry.data.update({"lines-TOTAL_FORMS": "1", "lines-0-item": "Books", "lines-0-number": "3"})

    assert entry.is_valid(submit=True), (
        dict(entry.data),
        entry.parts["lines"].errors,
        entry.parts["lines"].non_form_errors(),
    )
    parcel = save(
        KIND, None, entry.typed(), version=None, submit=True, act=act_by(packer)
    )  # fmt: skip

    assert (parcel.name, str(parcel.value), parcel.state) == ("Anna", "1200.50", "sent")
    assert [(row.item, row.number) for row in parcel.lines.all()] == [("Books", 3)]


def test_what_is_missing_or_wrong_stands_at_its_place(packer, rule):
    entry = typed(packer, value="much")
    entry.data.update({"lines-TOTAL_FORMS": "1", "lines-0-item": "Pen", "lines-0-number": "1000"})

    assert not entry.is_valid(submit=True)
    assert set(entry.form.errors) == {"name", "value"}
    assert entry.parts["lines"].error_count == 1


def test_hints_tell_the_code_to_be_expected_and_what_is_missing(packer, rule):
    found = hints.of(typed(packer, size="s"))

    assert found.expected_code == "N-001"
    assert [gap.label for gap in found.gaps] == ["Receiver", "It is empty."]
    assert found.done < found.needed


def test_an_old_code_stays_and_says_so_without_asking_for_a_stamp_of_others(make_parcel, packer):
    parcel = make_parcel("back")

    entry = Entry(REGISTER, packer, KIND.find(parcel.pk, packer))

    assert "code" in entry.form.locked
    assert not hints.of(entry).can_redraw


def test_two_who_change_one_parcel_are_asked_about_what_both_changed(make_parcel, packer):
    parcel = make_parcel(name="Anna", size="s")
    mine = typed(packer, parcel, name="Carl", size="l")
    entered(packer, {"name": "Boris", "is_fragile": True}, {}, parcel=parcel)
    now = Entry(REGISTER, packer, KIND.find(parcel.pk, packer), mine.data)

    found = conflict.between(now, parcel.version)

    assert [(one.name, one.current, one.mine) for one in found.choices] == [
        ("name", "Boris", "Carl")
    ]  # fmt: skip
    assert sorted((one.label, one.by_me) for one in found.merged) == [
        ("Code", False), ("Fragile", False), ("Size", True)
    ]  # fmt: skip


def test_a_seal_that_nobody_may_read_is_kept(make_parcel, packer, carrier):
    parcel = make_parcel()

    grid = Entry(REGISTER, carrier, KIND.find(parcel.pk, carrier)).parts["lines"]

    assert grid.locked
    assert "SEAL-123456" not in str(grid.table())
