"""A return says where: remarks at fields and rows, changed or answered before it goes out again."""

from dataclasses import replace

import pytest
from django.utils import translation

from core.aggregate import RowInput
from core.models import Change
from core.records import bulk, remarks, returned, transition
from core.records.record import Record
from core.records.remarks import LONGEST, MOST
from core.records.save import save
from core.saving import Refused, Stale
from tests.parcel.kind import KIND
from tests.parcel.models import Parcel
from tests.parcel.people import act_by

pytestmark = pytest.mark.django_db
LONG = "6222 0202-0011 2233 445"


@pytest.fixture
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def send_back(make_parcel, carrier):
    """Send a parcel back with remarks; `…` stands for the key of its line."""

    def back(*pairs, parcel=None, **over):
        parcel = parcel or make_parcel("sent", **over)
        line = parcel.lines.first()
        pinned = {place.replace("…", str(line and line.pk)): said for place, said in pairs}
        act = act_by(carrier, "wrong house")
        version = parcel.version
        return transition.perform(
            KIND, "return", parcel.pk, version=version, act=act, pinned=pinned
        )

    return back


def change(parcel, user, values=None, rows=None, answers=None, submit=False):
    """Save a parcel as it is now, with changes; answers are named by place."""
    parcel = Parcel.objects.get(pk=parcel.pk)
    back = Change.objects.filter(subject_id=parcel.pk, action="return").latest("version")
    keys = {f"{back.version}-{place}": said for place, said in (answers or {}).items()}
    record = Record(values or {}, {} if rows is None else {"lines": rows}, answers=keys)
    version = parcel.version
    return save(KIND, parcel.pk, record, version=version, submit=submit, act=act_by(user))


def again(parcel, user):
    """Send it again from its page."""
    version = Parcel.objects.get(pk=parcel.pk).version
    return transition.perform(KIND, "send", parcel.pk, version=version, act=act_by(user))


def told(parcel, user):
    return returned.last(KIND, Parcel.objects.get(pk=parcel.pk), user)


def open_places(parcel, user):
    return [one.place for one in told(parcel, user).remarks if one.is_open]


@pytest.mark.usefixtures("in_english")
class TestMade:
    """They are written with the return, or nothing is."""

    def test_they_stand_with_the_return_in_the_order_of_the_form(self, send_back, carrier):
        parcel = send_back(("lines-…", "Which seal?"), ("lines", "Too few."), ("name", "Who?"))

        entry = Change.objects.get(action="return")
        line = parcel.lines.get()
        assert entry.changes["remarks"] == [
            {"place": "name", "row": "", "text": "Who?"},
            {"place": "lines", "row": "", "text": "Too few."},
            {"place": f"lines-{line.pk}", "row": "Books", "text": "Which seal?"},
        ]
        assert entry.hash == entry.digest()

    @pytest.mark.parametrize(
        "place",
        ["state", "code_sort", "lines-0", "lines-x", "lines-", "", "pk", "name-1", "x" * 99],
    )
    def test_an_unknown_place_is_refused_and_nothing_written(self, send_back, make_parcel, place):
        parcel = make_parcel("sent")

        with pytest.raises(Refused, match="Who is this"):
            send_back((place, "Who is this"), ("name", "Who?"), parcel=parcel)

        assert Parcel.objects.get().state == "sent"

    def test_the_row_of_another_record_is_no_place(self, send_back, make_parcel):
        other = make_parcel().lines.get()

        with pytest.raises(Refused):
            send_back((f"lines-{other.pk}", "This?"))

    @pytest.mark.parametrize("said", ["x" * (LONGEST + 1), "x\x07"])
    def test_what_cannot_be_kept_is_refused(self, send_back, said):
        with pytest.raises(Refused):
            send_back(("name", said))

        assert not Change.objects.filter(action="return").exists()

    def test_there_are_not_more_than_can_be_read(self, send_back, make_parcel):
        lines = [{"item": f"Book {n}"} for n in range(MOST + 1)]
        parcel = make_parcel("sent", lines=lines)
        pairs = [(f"lines-{row.pk}", "?") for row in parcel.lines.all()]

        with pytest.raises(Refused, match=str(MOST)):
            send_back(*pairs, parcel=parcel)
        assert send_back(*pairs[:MOST], parcel=parcel).state == "back"

    def test_other_moves_bring_none(self, make_parcel, carrier):
        parcel = make_parcel("sent")

        with pytest.raises(Refused, match="return"):
            transition.perform(
                KIND, "deliver", parcel.pk, version=parcel.version, act=act_by(carrier),
                pinned={"name": "Who?"},
            )  # fmt: skip

        assert Parcel.objects.get().state == "sent"

    def test_a_reason_is_asked_for_all_the_same(self, make_parcel, carrier):
        parcel = make_parcel("sent")

        with pytest.raises(Refused, match="reason"):
            transition.perform(
                KIND, "return", parcel.pk, version=parcel.version, act=act_by(carrier),
                pinned={"name": "Who?"},
            )  # fmt: skip

    def test_a_parcel_that_moved_on_takes_none(self, make_parcel, carrier):
        parcel = make_parcel("sent")

        with pytest.raises(Stale):
            transition.perform(
                KIND, "return", parcel.pk, version=parcel.version - 1,
                act=act_by(carrier, "wrong"), pinned={"name": "Who?"},
            )  # fmt: skip


@pytest.mark.usefixtures("in_english")
class TestSettled:
    """Each is changed or answered before the parcel goes out again; the history says so."""

    def test_it_does_not_go_out_while_one_is_open(self, send_back, packer):
        parcel = send_back(("name", "Who?"), ("lines-…", "Seal?"))

        with pytest.raises(Refused, match="wait for a change or an answer: Receiver, Line Books"):
            again(parcel, packer)
        with pytest.raises(Refused, match="Line Books"):
            change(parcel, packer, {"name": "Boris"}, submit=True)

        assert Parcel.objects.get().name == "Anna"

    def test_what_changed_or_was_answered_lets_it_go(self, send_back, packer):
        parcel = send_back(("name", "Who?"), ("lines-…", "Seal?"), ("size", "Large?"))
        line = parcel.lines.get()
        change(parcel, packer, {"name": "Boris"})
        assert open_places(parcel, packer) == ["size", f"lines-{line.pk}"]
        change(parcel, packer, answers={f"lines-{line.pk}": "It is new."})
        assert open_places(parcel, packer) == ["size"]

        change(parcel, packer, {"size": "l"}, submit=True)

        assert Parcel.objects.get().state == "sent"
        assert told(parcel, packer).summary == "3 remarks: 2 changed, 1 answered"

    def test_what_is_put_back_did_not_change(self, send_back, packer):
        parcel = send_back(("name", "Who?"), ("lines-…", "Seal?"))
        line = parcel.lines.get()
        row = {"item": "Books", "is_main": True}
        change(parcel, packer, {"name": "Boris"}, [RowInput(line.pk, {**row, "seal": "NEW"})])
        assert open_places(parcel, packer) == []

        change(
            parcel, packer, {"name": "Anna"}, [RowInput(line.pk, {**row, "seal": "SEAL-123456"})]
        )

        assert open_places(parcel, packer) == ["name", f"lines-{line.pk}"]

    @pytest.mark.parametrize("is_removed", [True, False])
    def test_a_row_that_is_removed_changed_and_another_did_not(self, send_back, packer, is_removed):
        lines = ({"item": "Books", "is_main": True}, {"item": "Pens"})
        parcel = send_back(("lines-…", "Seal?"), lines=lines)
        first, second = parcel.lines.order_by("pk")

        gone, kept = (first, second) if is_removed else (second, first)
        change(parcel, packer, rows=[RowInput(kept.pk, {"is_main": True})])

        assert open_places(parcel, packer) == ([] if is_removed else [f"lines-{first.pk}"])
        [one] = told(parcel, packer).remarks
        assert [op for op, _label, _pairs in one.rows] == (["del"] if is_removed else [])

    def test_any_row_settles_what_was_said_of_all(self, send_back, packer):
        parcel = send_back(("lines", "Too few."))
        line = parcel.lines.get()
        rows = [RowInput(line.pk, {"is_main": True}), RowInput(None, {"item": "Pens"})]
        change(parcel, packer, rows=rows)
        assert open_places(parcel, packer) == []

        change(parcel, packer, rows=[RowInput(line.pk, {"is_main": True})])

        assert open_places(parcel, packer) == ["lines"]

    def test_an_answer_that_is_emptied_is_none(self, send_back, packer):
        parcel = send_back(("name", "Who?"))
        change(parcel, packer, answers={"name": "Anna it is."})

        change(parcel, packer, answers={"name": " "})

        assert open_places(parcel, packer) == ["name"]

    def test_an_answer_that_stands_is_not_written_again(self, send_back, packer):
        parcel = send_back(("name", "Who?"))
        before = change(parcel, packer, answers={"name": "Anna it is."}).version

        after = change(parcel, packer, answers={"name": " Anna it is. "}).version

        assert before == after == 4

    @pytest.mark.parametrize("place", ["size", "lines-0", "x"])
    def test_an_answer_to_nothing_is_refused(self, send_back, packer, place):
        parcel = send_back(("name", "Who?"))

        with pytest.raises(Refused, match="“Well.” is not there"):
            change(parcel, packer, answers={place: "Well."})
        assert change(parcel, packer, answers={place: ""}).version == 3

    def test_remarks_of_the_last_return_count_alone(self, send_back, packer, carrier):
        parcel = send_back(("name", "Who?"))
        change(parcel, packer, answers={"name": "Anna it is."}, submit=True)
        parcel = send_back(("name", "Who really?"), parcel=Parcel.objects.get())
        first = Change.objects.filter(action="return").earliest("version").version

        old = Record({}, answers={f"{first}-name": "Anna!"})
        with pytest.raises(Refused, match="not there"):
            save(KIND, parcel.pk, old, version=parcel.version, submit=False, act=act_by(packer))
        assert open_places(parcel, packer) == ["name"]
        assert told(parcel, packer).remarks[0].text == "Who really?"

    def test_who_may_not_change_it_answers_nothing(self, send_back, carrier):
        parcel = send_back(("name", "Who?"))

        with pytest.raises(Refused):
            change(parcel, carrier, answers={"name": "Anna."})

    def test_many_are_asked_in_one_query(
        self, send_back, make_parcel, packer, django_assert_num_queries
    ):
        parcels = [send_back(("name", "Who?")) for _number in range(3)]
        change(parcels[0], packer, {"name": "Boris"})
        everything = [*Parcel.objects.all(), make_parcel()]
        guard = KIND.life.joined["remarks_settled"]

        with django_assert_num_queries(1):
            found = guard(everything, packer)

        assert set(found) == {parcels[1].pk, parcels[2].pk}

    def test_a_selection_says_it_at_each(self, send_back, packer):
        first, second = send_back(("name", "Who?")), send_back()
        frozen = bulk.freeze(KIND, "send", [(o.pk, o.version) for o in (first, second)], by=packer)

        act = replace(act_by(packer), operation=frozen.pk)
        done = bulk.run(KIND, frozen.pk, act=act)

        assert "Receiver" in done.failure(first.pk)
        assert list(bulk.succeeded(KIND, done)) == [second.pk]


def test_only_moves_back_to_be_mended_bring_remarks():
    assert remarks.returning(KIND) == {"return"}
